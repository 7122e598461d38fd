"""RQ as we run it: jobs are JSON, whoever starts the worker; job modules are loaded before it forks."""

from typing import Any

from rq import Worker
from rq.serializers import JSONSerializer

import counting.jobs  # noqa: F401 - loaded in the parent, so that no fork pays for it


class JSONWorker(Worker):
    """A worker that cannot be talked into unpickling: queues' own settings do not reach the worker's serializer."""

    def __init__(self, *args: Any, **kwargs: Any):
        kwargs["serializer"] = JSONSerializer
        super().__init__(*args, **kwargs)
