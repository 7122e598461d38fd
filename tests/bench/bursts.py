"""What the rules for bursts catch in simulated worlds, and what looking costs: `python -m tests.bench.bursts`.

Needs no database for the table; with DATABASE_URL on PostgreSQL (its name ending in _bench) it also times looks.
"""

import os
import time
from collections.abc import Callable

from tests.factories.arrivals import WORLDS, caught

MANY = 100_000
# People all over: waits, answers and networks differ. Machines: one network, no wait.
HONEST = "random() * 65535, 30 + random() * 300, 10, random() * 1e9"
MACHINES = "7, 0, 10, 5"


def main() -> None:
    print("| world | machines set aside | honest people set aside |\n|---|---|---|")
    for name, world in WORLDS.items():
        people = world()
        machines, honest = caught(people)
        n = sum(one.bot for one in people)
        print(f"| {name} | {f'{machines} of {n}' if n else '–'} | {honest} of {len(people) - n} |")
    if "DATABASE_URL" in os.environ:
        _time_looks()


def _time_looks() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.bench.settings"
    import django

    django.setup()
    from moderation import burst_watch

    from . import database, reference

    database.create()
    try:
        honest, machines = reference.make_survey(10), reference.make_survey(10)
        _arrive(honest, HONEST)
        _say(f"a look at {MANY:,} honest arrivals within ten minutes", lambda: burst_watch.look(honest.tool_id))
        _respond(machines)
        _arrive(machines, MACHINES)
        _say(f"a look that sets {MANY:,} responses aside", lambda: burst_watch.look(machines.tool_id))
        _say("a look at nothing new", lambda: burst_watch.look(machines.tool_id))
    finally:
        database.drop()


def _say(what: str, act: Callable[[], int]) -> None:
    cpu, wall = time.process_time(), time.perf_counter()
    n = act()
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    print(f"{what}: {n:,} set aside; {cpu:.2f} s CPU of the worker, {wall:.2f} s in all", flush=True)


def _arrive(survey: object, columns: str) -> None:
    from . import database

    with database.connect() as db:
        db.execute(
            f"""INSERT INTO participation_arrival (tool_id, at, key, network, drawn, answers, payload)
            SELECT {survey.tool_id}, now() - random() * interval '10 minutes', sha256(i::text::bytea), {columns}
            FROM generate_series(1, {MANY}) i"""  # noqa: S608
        )
    database.settle()


def _respond(survey: object) -> None:
    from . import database

    with database.connect() as db:
        db.execute(
            f"""INSERT INTO surveys_response
                (id, survey_id, version_id, participant_key, submission_key, answers, cells, channel, received_on)
            SELECT gen_random_uuid(), {survey.pk}, {survey.live_version_id}, sha256(i::text::bytea),
                sha256(('s' || i)::bytea), '{{}}', '\\x00000100'::bytea, 'web', current_date
            FROM generate_series(1, {MANY}) i"""  # noqa: S608
        )


if __name__ == "__main__":
    main()
