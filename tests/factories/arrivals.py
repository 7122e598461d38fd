"""Simulated worlds of arrivals, honest and not: what rules for bursts are judged by."""

import random
from collections.abc import Callable, Iterable
from typing import NamedTuple

import numpy as np

from participation.bursts import Arrivals, find

TOWN_HALL = 7  # the network of the many who share one address
PATIENCE = (30, 300)  # seconds honest people take for ten questions


class One(NamedTuple):
    """One arrival: sent `at`, `took` seconds after its form was drawn. `bot` is what the rules must find out."""

    at: float
    network: int
    took: float
    answers: int = 10
    payload: int = 0
    bot: bool = False


World = list[One]


def honest(
    n: int, within: float, took: tuple[float, float] = PATIENCE, answers: int = 10, network: int | None = TOWN_HALL,
    seed: int = 1, kinds: int = 0, open_at_once: float = 0.0,
) -> World:  # fmt: skip
    """People who open the form over `within` seconds (or all within `open_at_once`) and take their time, lognormal
    with 95 % inside `took`. `kinds`: so many different payloads in all, else each their own.
    """
    draw = random.Random(seed)
    middle, spread = (np.log(took[0]) + np.log(took[1])) / 2, (np.log(took[1]) - np.log(took[0])) / 4
    people = []
    for person in range(n):
        opened = draw.uniform(0, open_at_once or within)
        seconds = draw.lognormvariate(middle, spread)
        payload = _payload(draw.randrange(kinds)) if kinds else _payload(seed, person)
        where = draw.randrange(65536) if network is None else network
        people.append(One(opened + seconds, where, seconds, answers, payload))
    return people


def _payload(*parts: int) -> int:
    return random.Random(str(parts)).getrandbits(60) + 1


def unanimous(n: int, questions: int, agree: float, seed: int = 1, **how: object) -> World:
    """Honest people of whom a share `agree` gives the obvious answer to each of `questions`."""
    draw = random.Random(seed)
    people = honest(n, answers=questions, seed=seed, **how)  # type: ignore[arg-type]
    return [
        one._replace(payload=_payload(*(draw.random() < agree for _question in range(questions)))) for one in people
    ]


def bots(
    n: int, within: float, took: Callable[[random.Random], float], same: bool, network: int | None = TOWN_HALL,
    answers: int = 10, seed: int = 2,
) -> World:  # fmt: skip
    """Machines that send over `within` seconds, each form `took` seconds after it was drawn."""
    draw = random.Random(seed)
    return [
        One(
            draw.uniform(0, within),
            draw.randrange(65536) if network is None else network,
            took(draw),
            answers,
            _payload(99) if same else _payload(98, n),
            True,
        )
        for n in range(n)
    ]


def slow(n: int = 40) -> World:
    """Honest people behind the address of the machines, over ten minutes."""
    return honest(n, 600, seed=5)


def caught(world: Iterable[One]) -> tuple[int, int]:
    """(machines, honest people) that the rules catch."""
    world = list(world)
    draw = random.Random(3)
    found = find(
        Arrivals(
            np.array([one.at for one in world]),
            np.array([one.network for one in world]),
            np.array([int(one.took + draw.random()) for one in world]),  # tokens say whole seconds
            np.array([one.answers for one in world]),
            np.array([one.payload for one in world]),
        )
    )
    return (
        sum(1 for one, rule in zip(world, found, strict=True) if one.bot and rule >= 0),
        sum(1 for one, rule in zip(world, found, strict=True) if not one.bot and rule >= 0),
    )


WORLDS: dict[str, Callable[[], World]] = {
    "class of 30 opens at once": lambda: honest(30, 0, open_at_once=20),
    "school of 200 in 5 minutes": lambda: honest(200, 300),
    "school of 200 opens at once": lambda: honest(200, 0, open_at_once=20),
    "… 3 yes/no questions, 10–60 s": lambda: honest(200, 0, (10, 60), 3, kinds=8, open_at_once=20),
    "… one vote each, 2–15 s": lambda: [
        one._replace(payload=0) for one in honest(200, 0, (2, 15), 1, open_at_once=20)
    ],
    "… 5 questions, 90 % of one mind": lambda: unanimous(200, 5, 0.9, within=0, open_at_once=20),
    "hall of 400, 5 questions, 90 % of one mind": lambda: unanimous(400, 5, 0.9, within=0, open_at_once=20),
    "hall of 600 opens at once, 3 questions, 10–60 s": lambda: honest(600, 0, (10, 60), 3, kinds=27, open_at_once=20),
    "5,000 people all over, 10 minutes": lambda: honest(5000, 600, network=None),
    "5,000 people all over, 3 yes/no questions": lambda: honest(5000, 600, (10, 60), 3, network=None, kinds=8),
    "500 bots in 60 s, at once, same answers": lambda: slow() + bots(500, 60, lambda d: d.random(), True),
    "500 bots in 60 s, at once, random answers": lambda: slow() + bots(500, 60, lambda d: d.random(), False),
    "500 bots, one a second, 5 s a form, random": lambda: slow() + bots(500, 500, lambda d: d.gauss(5, 0.3), False),
    "500 bots over 10 min, wait 60 s, random": lambda: slow() + bots(500, 600, lambda d: d.gauss(60, 0.5), False),
    "500 bots over 10 min, wait 30–300 s, same": lambda: slow() + bots(500, 600, lambda d: d.uniform(30, 300), True),
    "500 bots over 10 min, wait 30–300 s, random": lambda: (
        slow() + bots(500, 600, lambda d: d.uniform(30, 300), False)
    ),
    "500 prefetched in 60 s, sent in 60 s, random": lambda: (
        slow() + bots(500, 60, lambda d: d.uniform(100, 160), False)
    ),
    "500 prefetched over 1 h, sent in 60 s, random": lambda: (
        slow() + bots(500, 60, lambda d: d.uniform(60, 3600), False)
    ),
    "100 bots in 60 s, 15 s a form, random": lambda: slow() + bots(100, 60, lambda d: d.gauss(15, 3), False),
    "19 bots at once": lambda: slow() + bots(19, 60, lambda d: d.random(), True),
    "500 bots, 500 networks, at once, same": lambda: slow() + bots(500, 60, lambda d: d.random(), True, None),
    "500 bots, 500 networks, 30–300 s, same": lambda: slow() + bots(500, 600, lambda d: d.uniform(30, 300), True, None),
    "500 bots, 500 networks, at once, random": lambda: slow() + bots(500, 60, lambda d: d.random(), False, None),
}  # fmt: skip
