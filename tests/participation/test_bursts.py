"""Rules for bursts, judged in simulated worlds: schools pass, machines do not; and what is not found is known."""

import pytest

from participation import bursts
from tests.factories.arrivals import TOWN_HALL, WORLDS, One, bots, caught, honest, slow

HONEST = [name for name, world in WORLDS.items() if not any(one.bot for one in world())]
FALSELY = {  # known: a person has to release these
    "hall of 400, 5 questions, 90 % of one mind",
    "hall of 600 opens at once, 3 questions, 10–60 s",
}
NOT_FOUND = {
    "500 bots over 10 min, wait 30–300 s, random",
    "500 prefetched over 1 h, sent in 60 s, random",
    "100 bots in 60 s, 15 s a form, random",
    "19 bots at once",
    "500 bots, 500 networks, 30–300 s, same",
    "500 bots, 500 networks, at once, random",
}


@pytest.mark.parametrize("name", [name for name in HONEST if name not in FALSELY])
def test_honest_crowds_behind_one_address_pass(name):
    assert caught(WORLDS[name]()) == (0, 0)


@pytest.mark.parametrize("name", [name for name in WORLDS if name not in HONEST and name not in NOT_FOUND])
def test_machines_are_found_and_who_shares_their_address_is_not(name):
    machines, people = caught(WORLDS[name]())
    assert machines == 500 and people <= 2


@pytest.mark.parametrize("name", sorted(NOT_FOUND | FALSELY))
def test_what_the_rules_miss_is_as_documented(name):
    """Not a wish: the table in docs/quarantine.md says so. Whoever mends one takes it out here and there."""
    machines, people = caught(WORLDS[name]())
    assert machines == 0 and (people > 0) == (name in FALSELY)


@pytest.mark.parametrize("seed", range(8))
def test_schools_pass_whatever_the_draw(seed):
    school = honest(200, 0, open_at_once=20, seed=seed) + honest(200, 0, (10, 60), 3, seed=seed, open_at_once=20)
    assert caught([one._replace(network=i // 200) for i, one in enumerate(school)]) == (0, 0)


def test_nobody_is_caught_in_an_empty_or_a_small_world():
    assert caught([]) == (0, 0)
    assert caught([One(0.0, TOWN_HALL, 0.1, 10, 1)]) == (0, 0)
    few = bots(bursts.QUICK - 1, 60, lambda draw: draw.random() * 0.9, same=True)
    assert caught(few) == (0, 0)
    assert caught([*few, few[0]])[0] == bursts.QUICK


def test_what_came_more_than_ten_minutes_apart_does_not_add_up():
    early = bots(15, 10, lambda draw: 0.1, same=True)
    late = [one._replace(at=one.at + bursts.WINDOW + 11) for one in early]
    assert caught(early + late) == (0, 0)


def test_networks_do_not_add_up_either():
    each = [one._replace(network=i) for i, one in enumerate(bots(40, 10, lambda draw: 0.1, same=False))]
    assert caught(each) == (0, 0)


def test_an_unknown_network_is_no_network():
    away = [one._replace(network=-1) for one in bots(500, 60, lambda draw: 0.1, same=False)]
    assert caught(away) == (0, 0)


def test_the_rule_named_is_the_first_that_catches():
    import numpy as np

    world = slow() + bots(30, 60, lambda draw: 0.1, same=True)
    columns = [
        np.array(column) for column in zip(*[(o.at, o.network, int(o.took), 10, o.payload) for o in world], strict=True)
    ]
    found = bursts.find(bursts.Arrivals(*columns))
    assert {bursts.RULES[n] for n in found if n >= 0} == {"quick"}
