"""The Redis of a run: the one REDIS_URL names, else database 9 of the machine's own, else one of our own."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import redis

LOCAL = "redis://127.0.0.1:6379/9"


@contextmanager
def running() -> Iterator[None]:
    """Sets REDIS_URL for this process and those it starts. What an earlier run left in ours is thrown away."""
    if "REDIS_URL" in os.environ:
        yield
        return
    try:
        redis.Redis.from_url(LOCAL).flushdb()
    except redis.RedisError:
        with _own():
            yield
    else:
        os.environ["REDIS_URL"] = LOCAL
        yield


@contextmanager
def _own() -> Iterator[None]:
    from cms import redis_server

    folder = Path(tempfile.mkdtemp())
    process: subprocess.Popen = redis_server.start(folder / "redis.sock")
    os.environ["REDIS_URL"] = f"unix://{folder / 'redis.sock'}?db=0"
    try:
        yield
    finally:
        process.terminate()
        process.wait()
        shutil.rmtree(folder, ignore_errors=True)
