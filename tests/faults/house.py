"""The processes under attack: gunicorn, worker, scheduler and a Redis-compatible server, restarted when killed."""

import os
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

import redis

from cms import redis_server

ROOT = Path(__file__).resolve().parents[2]


class House:
    """Runs everything until `stop`; the methods named after an evil do it."""

    def __init__(self, var: Path, port: int):
        self.port, self.socket, self.log = port, var / "redis.sock", (var / "house.log").open("ab")
        self.stopping = False
        self.redis = redis_server.start(self.socket)
        gunicorn = [
            "-m",
            "gunicorn",
            "-w",
            "2",
            "-k",
            "gthread",
            "--threads",
            "4",
            "-b",
            f"127.0.0.1:{port}",
            "cms.wsgi",
        ]
        self.commands = {
            "web": [*gunicorn, "--log-level", "error"],
            "worker": ["manage.py", "rqworker", "high", "default", "low", "--verbosity", "0"],
            "analyst": ["manage.py", "rqworker", "analysis", "--verbosity", "0"],
            "scheduler": ["manage.py", "scheduler"],
        }
        self.processes = {name: self._start(name) for name in self.commands}
        self.keeper = threading.Thread(target=self._keep)
        self.keeper.start()

    def _start(self, name: str) -> subprocess.Popen:
        command = [sys.executable, *self.commands[name]]
        return subprocess.Popen(command, cwd=ROOT, stdout=self.log, stderr=self.log, start_new_session=True)

    def _keep(self) -> None:
        while not self.stopping:
            for name, process in self.processes.items():
                if process.poll() is not None:
                    self.processes[name] = self._start(name)
            time.sleep(0.1)

    def wait(self) -> None:
        """Until the web server answers."""
        for _ in range(600):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/sante/", timeout=2)
            except urllib.error.HTTPError:
                return
            except OSError:
                time.sleep(0.1)
            else:
                return
        raise SystemExit("The web server does not answer: see house.log.")

    def web_workers(self) -> list[int]:
        pid = self.processes["web"].pid
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]

    def kill_web(self) -> None:
        """kill -9 one web worker at work; gunicorn starts another. Waits for one to be there."""
        while not (workers := self.web_workers()):
            time.sleep(0.05)
        os.kill(workers[0], signal.SIGKILL)  # the oldest: the youngest may still be loading

    def kill_worker(self) -> None:
        """kill -9 the worker and what it forked."""
        os.killpg(self.processes["worker"].pid, signal.SIGKILL)
        self.processes["worker"].wait()

    def stop_redis(self) -> None:
        """Redis goes away for half a second and comes back empty."""
        self.redis.kill()
        self.redis.wait()
        time.sleep(0.5)
        self.redis = redis_server.start(self.socket)

    def flush_redis(self) -> None:
        redis.Redis(unix_socket_path=str(self.socket)).flushall()

    def stop(self) -> None:
        self.stopping = True
        self.keeper.join()
        for process in self.processes.values():
            process.terminate()
        for process in self.processes.values():
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
        self.redis.kill()
        self.redis.wait()
        self.log.close()
