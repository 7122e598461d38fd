"""RQ as we run it: jobs are JSON, whoever starts the worker; job modules are loaded before it forks."""

from importlib import import_module
from typing import Any

from rq import Worker
from rq.serializers import JSONSerializer

import counting.jobs  # noqa: F401 - loaded in the parent, so that no fork pays for it
import deliberation.jobs  # noqa: F401
import moderation.burst_jobs  # noqa: F401
import moderation.jobs  # noqa: F401
import surveys.jobs  # noqa: F401


class JSONWorker(Worker):
    """A worker that cannot be talked into unpickling: queues' own settings do not reach the worker's serializer."""

    def __init__(self, *args: Any, **kwargs: Any):
        kwargs["serializer"] = JSONSerializer
        super().__init__(*args, **kwargs)
        if "analysis" in self.queue_names():
            import_module("deliberation.analysis.body")  # numpy and scipy: a second at each fork, else
            import_module("deliberation.analysis.loading")
        if "default" in self.queue_names():
            import_module("moderation.burst_watch")  # numpy
