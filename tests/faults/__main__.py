"""`python -m tests.faults`: everything is killed under load; who was thanked must be stored, once, and counted."""

import argparse
import os
import random
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

DATABASE = "postgres://root@127.0.0.1:5432/palabre_faults"
PORT = 8127


def main(argv: list[str] | None = None) -> int:
    options = _options(argv)
    var = Path(tempfile.mkdtemp(prefix="palabre-faults-"))
    _environment(var)
    import django

    django.setup()
    from .house import House

    key = _prepare()
    house = House(var, options.port)
    try:
        house.wait()
        citizens, seconds, done = _attack(house, key, options)
    finally:
        house.stop()
    ok = _judge(key, citizens, seconds, done)
    if ok:
        shutil.rmtree(var, ignore_errors=True)
    else:
        print(f"FAILED; what the processes said: {var}/house.log")
    return 0 if ok else 1


def _options(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--submissions", type=int, default=5000)
    parser.add_argument("--clients", type=int, default=16)
    parser.add_argument("--kills", type=int, default=20, help="kill -9 of a web worker, and of the worker")
    parser.add_argument("--redis", type=int, default=10, help="how often Redis is stopped, and flushed")
    parser.add_argument("--port", type=int, default=PORT)
    return parser.parse_args(argv)


def _environment(var: Path) -> None:
    """Settings for this process and those it starts: production's database options, no limit per address."""
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "cms.settings.dev",
        "VAR_DIR": str(var),
        "REDIS_URL": f"unix://{var}/redis.sock?db=0",
        "RESPONSES_PER_ADDRESS": "0",
        "VOTES_PER_ADDRESS": "0",
        "SECRET_KEY": "faults",
    }
    if "DATABASE_URL" not in os.environ and _postgresql():
        os.environ["DATABASE_URL"] = DATABASE


def _postgresql() -> bool:
    """True when the default database is there, made if need be; else the run is on SQLite."""
    try:
        import psycopg

        with psycopg.connect(DATABASE.replace("palabre_faults", "postgres"), autocommit=True, connect_timeout=2) as db:
            if not db.execute("SELECT 1 FROM pg_database WHERE datname = 'palabre_faults'").fetchone():
                db.execute("CREATE DATABASE palabre_faults")
    except (ImportError, psycopg.OperationalError):
        return False
    return True


def empty() -> None:
    """Empty tables, in a database that is there for this."""
    from django.core.management import call_command
    from django.db import connection

    if connection.vendor == "postgresql":
        name = str(connection.settings_dict["NAME"])
        if "faults" not in name:
            raise SystemExit(f"This empties its database: {name!r} has no “faults” in its name.")
        with connection.cursor() as cursor:
            cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    call_command("migrate", verbosity=0)


def _prepare() -> str:
    """Empty tables and one published survey; its key."""
    from django.db import connections

    from tests.factories.surveys import SurveyFactory, question

    empty()
    questions = [question("single", other=False), question("scale"), question("grid")]
    survey = SurveyFactory(open=True, questions=questions)
    connections.close_all()
    return survey.key


def _attack(house, key: str, options: argparse.Namespace):
    """Citizens and evils at once; (citizens, seconds, how many evils were done)."""
    from .citizens import Citizens

    citizens = Citizens(options.port, key, options.submissions, options.clients)
    evils: list[Callable[[], None]] = [house.kill_web, house.kill_worker] * options.kills
    evils += [house.stop_redis, house.flush_redis] * options.redis
    random.shuffle(evils)
    spread = threading.Thread(target=_spread, args=(evils, citizens))
    begun = time.monotonic()
    for thread in [*citizens.threads, spread]:
        thread.start()
    for thread in citizens.threads:
        thread.join()
    seconds = time.monotonic() - begun
    spread.join()
    return citizens, seconds, len(evils)


def _spread(evils: list[Callable[[], None]], citizens) -> None:
    """One evil after each equal share of the submissions, the first ones at once under way."""
    for number, evil in enumerate(evils, 1):
        due = citizens.wanted * number // (len(evils) + 1)
        while len(citizens.thanked) + citizens.refused < due:
            time.sleep(0.01)
        evil()


def _count_all_again(tool_id: int) -> int:
    """Our citizens type as machines do, and may rightly have been set aside: release them; how many they were."""
    from moderation import quarantine
    from moderation.models import Burst

    held = list(Burst.objects.filter(tool=tool_id, state=Burst.State.HELD).select_related("tool"))
    Burst.objects.filter(pk__in=[burst.pk for burst in held]).update(state=Burst.State.RELEASED, settled=False)
    for burst in held:
        quarantine.settle(burst)
    return sum(burst.size for burst in held)


def _judge(key: str, citizens, seconds: float, faults: int) -> bool:
    """Drain, compare, print; True when nothing was lost or doubled."""
    from django.core.management import call_command
    from django.db import connection

    from counting.models import Tally
    from surveys.models import Response, Survey

    survey = Survey.objects.get(key=key)
    aside = _count_all_again(survey.tool_id)
    call_command("sweep")
    responses = Response.objects.filter(survey=survey)
    stored = responses.count()
    distinct = responses.values("submission_key").distinct().count()
    tallies = dict(Tally.objects.filter(tool=survey.tool).exclude(n=0).values_list("name", "n"))
    counted = tallies.get("n", 0)
    try:
        call_command("reconcile")
        agrees = True
    except SystemExit:
        agrees = False
    thanked = len(citizens.thanked)
    figures_right = sum(n for name, n in tallies.items() if name[0] in "ogv") == citizens.chosen.total()
    table = {
        "database": connection.vendor,
        "submissions thanked": thanked,
        "given up": citizens.refused,
        "retries": citizens.retries,
        "odd answers": dict(citizens.odd) or 0,
        "faults": faults,
        "seconds": round(seconds, 1),
        "slowest, seconds": round(citizens.slowest, 1),
        "stored": stored,
        "set aside, released": aside,
        "counted": counted,
        "choices thanked": citizens.chosen.total(),
        "lost": max(0, thanked - distinct),
        "doubled": stored - distinct + max(0, counted - distinct),
        "reconcile": "agrees" if agrees else "DIFFERS",
    }
    for name, value in table.items():
        print(f"{name:<22}{value:>12}" if not isinstance(value, dict) else f"{name:<22}{value}", flush=True)
    whole = thanked == citizens.wanted == stored == distinct == counted
    return whole and agrees and figures_right and not citizens.odd


if __name__ == "__main__":
    sys.exit(main())
