"""What the rules for bursts catch in simulated worlds, and what looking costs: `python -m tests.bench.bursts`.

Needs no database for the table; with DATABASE_URL on PostgreSQL (its name ending in _bench) it also times a look.
"""

import time

from tests.factories.arrivals import WORLDS, caught


def main() -> None:
    print("| world | machines set aside | honest people set aside |\n|---|---|---|")
    for name, world in WORLDS.items():
        people = world()
        machines, honest = caught(people)
        n = sum(one.bot for one in people)
        print(f"| {name} | {f'{machines} of {n}' if n else '–'} | {honest} of {len(people) - n} |")
    many = [one for seed in range(20) for one in WORLDS["5,000 people all over, 10 minutes"]()]
    start = time.process_time()
    caught(many)
    print(f"\nfinding in {len(many):,} arrivals: {time.process_time() - start:.2f} s CPU, making the arrays included")


if __name__ == "__main__":
    main()
