"""Redis, worker, scheduler and web as one house: up together, restarted when one falls, down together, one log."""

import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management import call_command, get_commands
from django.db import connections

from . import redis_server

_fork = multiprocessing.get_context("fork")  # children start with Django loaded: seconds saved at each start

GRACE = 8.0  # seconds a child has to stop by itself


class House:
    """The processes of `make run`."""

    def __init__(self, host: str, port: int, with_demo: bool):
        self.host, self.port, self.with_demo = host, port, with_demo
        self.embedded_redis = "REDIS_URL" not in os.environ
        self.redis: subprocess.Popen | None = None
        self.children: dict[str, Any] = {}
        self.stopping = False

    def run(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: setattr(self, "stopping", True))
        try:
            self._keep_redis()
            self._prepare()
            if not self.stopping:
                self._live()
        finally:
            self._stop()

    def _prepare(self) -> None:
        say("setup", "database…")
        call_command("migrate", interactive=False, verbosity=0)
        if self.with_demo and "demo" in get_commands():
            call_command("demo")
        connections.close_all()  # a connection must not be shared with the children

    def _live(self) -> None:
        acts: dict[str, Callable[[], None]] = {"worker": _worker, "analyst": _analyst, "scheduler": _scheduler}
        acts["web"] = lambda: _web(self.host, self.port)
        threading.Thread(target=self._announce, daemon=True).start()
        while not self.stopping:
            self._keep_redis()
            for name, act in acts.items():
                child = self.children.get(name)
                if child is None or not child.is_alive():
                    if child is not None:
                        say(name, f"stopped ({child.exitcode}); starting again")
                    self.children[name] = _start(name, act)
            time.sleep(0.3)

    def _keep_redis(self) -> None:
        if not self.embedded_redis or (self.redis and self.redis.poll() is None):
            return
        if self.redis is None and redis_server.answers(settings.REDIS_URL):
            say("redis", "one is running already: using it")
            self.embedded_redis = False
            return
        if self.redis is not None:
            say("redis", "stopped; starting again")
        self.redis = redis_server.start(Path(urlsplit(settings.REDIS_URL).path))

    def _announce(self) -> None:
        address = f"http://{self.host}:{self.port}/"
        for _ in range(300):
            try:
                urllib.request.urlopen(f"{address}sante/", timeout=2).read()  # noqa: S310 - our own address
                break
            except OSError:
                time.sleep(0.2)
        print(
            f"\n  Palabre: {address}\n  Admin:   {address}admin/{_logins()}\n  Ctrl-C stops everything.\n", flush=True
        )

    def _stop(self) -> None:
        say("setup", "stopping…")
        for child in self.children.values():
            if child.is_alive():
                os.kill(child.pid, signal.SIGTERM)
        end = time.monotonic() + GRACE
        for child in self.children.values():
            child.join(max(0.0, end - time.monotonic()))
            if child.is_alive():
                os.killpg(child.pid, signal.SIGKILL)
        if self.redis:
            self.redis.terminate()
            self.redis.wait(5)


def _logins() -> str:
    try:
        from consultations.demo import LOGINS
    except ImportError:
        return ""
    return "".join(f"\n           {name} / {password}" for name, password in LOGINS)


def _start(name: str, act: Callable[[], None]) -> Any:
    """Fork a child that does `act`, its output line by line in our log."""
    read, write = os.pipe()
    child = _fork.Process(target=_child, args=(act, read, write), name=name)
    child.start()
    os.close(write)
    threading.Thread(target=_relay, args=(name, read), daemon=True).start()
    return child


def _child(act: Callable[[], None], read: int, write: int) -> None:
    os.setsid()  # Ctrl-C reaches the house alone, which then asks each child to stop
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    os.close(read)
    os.dup2(write, 1)
    os.dup2(write, 2)
    act()


def _relay(name: str, read: int) -> None:
    with os.fdopen(read, errors="replace") as lines:
        for line in lines:
            say(name, line.rstrip())


def say(name: str, line: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {name:<9} {line}", flush=True)


def _worker() -> None:
    call_command("rqworker", "high", "default", "low", verbosity=0)


def _analyst() -> None:
    """A worker of its own: however long an analysis takes, counting does not wait for it."""
    call_command("rqworker", "analysis", verbosity=0)


def _scheduler() -> None:
    call_command("scheduler")


def _web(host: str, port: int) -> None:
    from gunicorn.app.base import BaseApplication

    from .wsgi import application

    class Web(BaseApplication):
        def load_config(self) -> None:
            options = {
                "bind": f"{host}:{port}",
                "workers": int(os.environ.get("WEB_CONCURRENCY", "2")),
                "threads": 4,
                "worker_class": "gthread",
                "loglevel": "warning",
                "preload_app": True,
                "proc_name": "palabre-web",
                "control_socket_disable": True,
            }
            for key, value in options.items():
                if key in self.cfg.settings:
                    self.cfg.set(key, value)

        def load(self) -> Any:
            return application

    sys.argv = ["gunicorn"]
    Web().run()
