"""What a test run stands on, ready before Django reads its settings: a folder of its own and a messenger."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

_var = Path(tempfile.mkdtemp(prefix="palabre-test-"))
os.environ.setdefault("VAR_DIR", str(_var))
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright runs a loop of its own in the test's thread
atexit.register(shutil.rmtree, _var, ignore_errors=True)

if "REDIS_URL" not in os.environ:
    from cms import redis_server

    _socket = _var / "redis.sock"
    _server = redis_server.start(_socket)
    os.environ["REDIS_URL"] = f"unix://{_socket}?db=0"
    atexit.register(_server.kill)
