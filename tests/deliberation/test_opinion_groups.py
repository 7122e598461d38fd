"""The opinion groups against published figures, and what they promise whatever the votes."""

import csv
import json
import tracemalloc
from dataclasses import fields
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from deliberation.opinion_groups import Map, Votes, analyse, clustering, ideal, place, predict, priority, statistics

DATA = Path(settings.BASE_DIR).parent / "shared" / "data"
ENGINES = ("classic", "ideal")
CONVERSATIONS = (
    "american-assembly.bowling-green",
    "brexit-consensus",
    "scoop-hivemind.biodiversity",
    "vtaiwan.uberx",
)


def rows(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def conversation(name):
    """(votes of all statements, ids that are in, published groups, expected figures)."""
    folder = DATA / name
    if not folder.is_dir():
        pytest.skip(f"no test data in {folder}")
    cast = np.array([(r["participant_id"], r["statement_id"], r["vote"]) for r in rows(folder / "votes.csv")], int)
    kept = [int(r["statement_id"]) for r in rows(folder / "statements.csv") if r["moderated"] != "-1"]
    groups = {int(r["participant_id"]): int(r["group_id"]) for r in rows(folder / "groups.csv")}
    return cast.T, kept, groups, json.loads((folder / "expected.json").read_text())


def planted(people=300, statements=40, density=0.4, seed=1, agreeableness=0.0):
    """Two opposed groups: (participant ids, statement ids, values) and each person's group."""
    random = np.random.default_rng(seed)
    side = (random.random(people) < 0.4).astype(int)
    logit = random.normal(0, 1.6, statements) * np.where(side, 1, -1)[:, None]
    logit = logit + random.normal(0, 1, people)[:, None] * agreeableness
    who, what = np.nonzero(random.random((people, statements)) < density)
    agrees = random.random(len(who)) < 1 / (1 + np.exp(-logit[who, what]))
    value = np.where(random.random(len(who)) < 0.1, 0, np.where(agrees, 1, -1))
    return (who, what, value), side


def same_map(one, other, but=()):
    """Names of fields that differ, bit for bit."""
    differ = []
    for field in fields(Map):
        a, b = getattr(one, field.name), getattr(other, field.name)
        equal = a.tobytes() == b.tobytes() if isinstance(a, np.ndarray) else a == b
        if not equal and field.name not in but:
            differ.append(field.name)
    return differ


@pytest.mark.parametrize("name", CONVERSATIONS)
def test_counts_and_group_aware_consensus_equal_the_published_ones(name):
    cast, _, groups, expected = conversation(name)
    found = analyse(Votes.of(*cast), groups=groups)
    assert len(found.participant_ids) == expected["n_participants"]
    assert (found.agree + found.disagree + found.passed).sum() == expected["n_votes_unique"]
    for g in range(found.k):
        counted = dict(zip(map(str, found.statement_ids), found.group_counts[g].tolist(), strict=True))
        assert counted == expected["group_votes"][str(g)]
    for ours, theirs in (("consensus", "agree"), ("consensus_disagree", "disagree")):
        reference = expected[f"group_aware_consensus_{theirs}"]
        assert getattr(found, ours) == pytest.approx([reference[str(j)] for j in found.statement_ids], abs=1e-9, rel=0)


@pytest.mark.parametrize("name", CONVERSATIONS)
def test_chosen_statements_equal_the_published_ones_once_moderated(name):
    cast, kept, groups, expected = conversation(name)
    found = analyse(Votes.of(*cast, kept), groups=groups)
    chosen = {str(g): {each["statement"] for each in found.representative[g]} for g in range(found.k)}
    assert chosen == {g: set(ids) for g, ids in expected["representative"].items()}
    for stance, ids in expected["consensus_top5"].items():
        assert [each["statement"] for each in found.consensus_lists[stance]] == ids
    ranked = found.statement_ids[np.argsort(-found.divisiveness, kind="stable")]
    assert ranked[:10].tolist() == expected["most_divisive"]


@pytest.mark.parametrize("name", CONVERSATIONS)
def test_axes_and_extremity_equal_the_published_ones(name):
    cast, kept, _, expected = conversation(name)
    found = analyse(Votes.of(*cast, kept))
    for id_, loadings in expected["pca_components_abs_first5"].items():
        j = found.statement_ids.searchsorted(int(id_))
        assert np.abs(found.loadings[j]) == pytest.approx(loadings, abs=2e-6)
    # Polis counts rejected statements in sqrt(m); ours are gone.
    scale = np.sqrt(expected["n_statements_voted"] / found.parameters["statements_voted"])
    for id_, extremity in expected["extremity_first5"].items():
        assert found.extremity[found.statement_ids.searchsorted(int(id_))] * scale == pytest.approx(extremity, abs=1e-5)


def test_priority_by_hand():
    # Nobody saw it: (1 - 1/2) · (E + 1) · 1/2 · 9, squared.
    assert priority(np.array([0]), np.array([0]), np.array([0]), np.array([1.0])) == pytest.approx([4.5**2])
    # Ten saw it, six agreed, two passed: (1 - 3/12) · (0 + 1) · 7/12 · (1 + 8/4), squared.
    assert priority(np.array([6]), np.array([2]), np.array([10]), np.array([0.0])) == pytest.approx([1.3125**2])


@pytest.mark.parametrize("engine", ENGINES)
def test_priorities_are_never_flat(engine):
    cast, _ = planted()
    weights = analyse(Votes.of(*cast), engine).priority
    assert weights.min() > 0 and weights.max() > 1.5 * weights.min()


def test_representativeness_by_hand():
    counts = np.array([[[8, 1, 10]], [[2, 7, 10]]])
    numbers = statistics.representativeness(counts)
    assert numbers.pa[:, 0] == pytest.approx([9 / 12, 3 / 12])
    assert numbers.ra[0, 0] == pytest.approx(3)
    assert numbers.pat[0, 0] == pytest.approx(2 * 11**0.5 * (9 / 11 - 0.5))
    assert numbers.rat[0, 0] == pytest.approx((6 / 11) / (6 / 11 * 5 / 11 * 2 / 11) ** 0.5)


def test_divisiveness_is_shown_only_when_significant_and_says_between_whom():
    counts = np.array([[[50, 0, 50], [1, 0, 1]], [[0, 50, 50], [0, 1, 1]]])
    most, pair = statistics.divisiveness(counts[::-1])
    assert most == pytest.approx([50 / 52, 0])
    assert pair.tolist() == [[1, 0], [-1, -1]]


def test_the_last_vote_wins_and_what_is_out_is_gone():
    votes = Votes.of([5, 5, 9, 7], [1, 1, 2, 3], [1, -1, 0, 1], statements=[1, 2, 4])
    found = analyse(votes)
    assert found.participant_ids.tolist() == [5, 9]
    assert found.statement_ids.tolist() == [1, 2, 4]
    assert found.disagree.tolist() == [1, 0, 0] and found.agree.sum() == 0 and found.passed.tolist() == [0, 1, 0]


@pytest.mark.parametrize("bad", [([1], [1], [2]), ([1], [1], [0.5]), ([1, 2], [1], [1]), ([[1]], [[1]], [[1]])])
def test_votes_that_are_none_are_refused(bad):
    with pytest.raises(ValueError):
        Votes.of(*bad)


@pytest.mark.parametrize("engine", ENGINES)
def test_order_and_names_of_people_change_nothing(engine):
    (who, what, value), _ = planted(agreeableness=1)
    before = analyse(Votes.of(who, what, value), engine)
    for seed in range(6):
        random = np.random.default_rng(seed)
        rows, names = random.permutation(len(who)), random.permutation(10**6)[: who.max() + 1]
        after = analyse(Votes.of(names[who[rows]], what[rows], value[rows]), engine)
        people = ("participant_ids", "positions", "certainty", "agreeableness", "group")
        assert same_map(before, after, but=people) == []
        at = after.person(names[before.participant_ids])
        assert all(getattr(after, each)[at].tobytes() == getattr(before, each).tobytes() for each in people[1:])


@pytest.mark.parametrize("engine", ENGINES)
def test_groups_are_found_and_the_larger_is_number_0(engine):
    cast, side = planted()
    found = analyse(Votes.of(*cast), engine)
    assert found.k == 2
    assert np.bincount(found.group[found.group >= 0]).argmax() == 0
    assert (found.group == side[found.participant_ids]).mean() > 0.95


def test_agreeableness_is_no_opinion():
    cast, side = planted(agreeableness=2.0, people=600)
    agreement = {e: (analyse(Votes.of(*cast), e).group == side).mean() for e in ENGINES}
    assert max(agreement["ideal"], 1 - agreement["ideal"]) > 0.85


@pytest.mark.parametrize("engine", ENGINES)
def test_a_stored_map_comes_back_exactly_and_starts_the_next(engine):
    cast, _ = planted()
    votes = Votes.of(*cast)
    first = analyse(votes, engine)
    again = Map.from_bytes(first.to_bytes())
    assert same_map(first, again) == []
    assert same_map(analyse(votes, engine, first), analyse(votes, engine, again)) == []
    assert json.loads(json.dumps(first.summary()))["k"] == first.k


@pytest.mark.parametrize("data", [b"", b"nonsense", b"PK\x03\x04"])
def test_bytes_that_are_no_map_are_refused(data):
    with pytest.raises(ValueError):
        Map.from_bytes(data)


@pytest.mark.parametrize("engine", ENGINES)
def test_axes_and_labels_stay_when_votes_are_added(engine):
    (who, what, value), _ = planted(people=400)
    half = who < 300
    before = analyse(Votes.of(who[half], what[half], value[half]), engine)
    for flipped in (1, -1):  # a map that points the other way is followed as well
        before.loadings, before.centres = before.loadings * flipped, before.centres * flipped
        before.positions = before.positions * flipped
        after = analyse(Votes.of(who, what, value), engine, before)
        at = after.person(before.participant_ids)
        assert (after.group[at] == before.group).mean() > 0.97
        assert np.corrcoef(after.positions[at, 0], before.positions[:, 0])[0, 1] > 0.95


def test_labels_follow_the_people():
    labels, before = np.array([0, 0, 1, 1, 2], np.int8), np.array([1, 1, 0, 0, -1], np.int8)
    assert clustering.relabel(labels, 3, before, 2).tolist() == [1, 0, 2]
    assert clustering.relabel(np.array([0, 0, 1], np.int8), 2, np.array([2, 2, 0], np.int8), 3).tolist() == [1, 0]


def test_another_k_is_shown_after_four_updates_that_agree():
    random = np.random.default_rng(3)
    corners = np.array([[0, 0], [9, 0], [0, 9]])
    two = np.concatenate([corners[i] + random.normal(0, 0.3, (50, 2)) for i in (0, 1)])
    three = np.concatenate([two, corners[2] + random.normal(0, 0.3, (50, 2))])
    shown = clustering.group(two, np.ones(100))
    assert shown.k == 2
    ks = []
    for points in (three, three, three, two, three, three, three, three):
        shown = clustering.group(points, np.ones(len(points)), shown)
        ks.append(shown.k)
    assert ks == [2, 2, 2, 2, 2, 2, 2, 3]


def test_no_group_is_a_splinter():
    random = np.random.default_rng(4)
    points = np.concatenate([random.normal(0, 0.3, (200, 2)), [[50.0, 50.0]]])
    found = clustering.group(points, np.ones(201))
    assert found.k == 1 or np.bincount(clustering.nearest(points, found.centres)).min() >= 5


@pytest.mark.parametrize("engine", ENGINES)
def test_a_visitor_stands_where_the_map_puts_the_same_votes(engine):
    (who, what, value), _ = planted()
    found = analyse(Votes.of(who, what, value), engine)
    for person in range(0, 300, 10):
        x, y, group, sure = place(found, [*what[who == person], 99_999], [*value[who == person], 1])
        assert (x, y) == pytest.approx(found.positions[person], abs=1e-3)
        assert (group, sure) == (found.group[person], pytest.approx(found.certainty[person], abs=1e-3))
    assert place(found, [], []) == (0.0, 0.0, -1, 0.0)


@pytest.mark.parametrize("engine", ENGINES)
def test_more_votes_make_a_position_surer(engine):
    (who, what, value), _ = planted()
    found = analyse(Votes.of(who, what, value), engine)
    few, many = (place(found, what[who == 0][:n], value[who == 0][:n])[3] for n in (2, 12))
    assert 0 < few < many < 1


@pytest.mark.parametrize("engine", ENGINES)
def test_predictions_beat_the_rate_of_everybody_and_never_fail(engine):
    (who, what, value), _ = planted(people=600)
    hidden = np.random.default_rng(2).random(len(who)) < 0.2
    votes = Votes.of(who[~hidden], what[~hidden], value[~hidden])
    found, asked = analyse(votes, engine), hidden & (value != 0)
    p = predict(found, votes, who[asked], what[asked])
    rate = ((found.agree + 1) / (found.agree + found.disagree + 2))[what[asked]]
    assert loss(p, value[asked]) < 0.9 * loss(rate, value[asked])
    strange = predict(found, votes, [10**9, 1, 10**9], [0, 10**9, 10**9])
    assert ((strange > 0.01) & (strange < 0.99)).all()


def loss(p, value):
    return -np.log(np.where(value > 0, p, 1 - p)).mean()


@pytest.mark.parametrize("engine", ENGINES)
@examples(max_examples=60, deadline=None)
@given(
    cast=st.lists(st.tuples(st.integers(0, 20), st.integers(0, 6), st.sampled_from([-1, 0, 1])), max_size=80),
    kept=st.none() | st.sets(st.integers(0, 8)),
)
def test_whatever_the_votes_there_is_a_map(engine, cast, kept):
    columns = np.array(cast, int).reshape(-1, 3).T
    votes = Votes.of(*columns, None if kept is None else sorted(kept))
    found = analyse(votes, engine)
    check(found)
    check(analyse(Votes.of(*columns[:, : len(cast) // 2]), engine, found))
    assert np.isfinite(predict(found, votes, [0, 1, 99], [0, 99, 99])).all()
    assert np.isfinite(place(found, columns[1], columns[2])).all()


def check(found):
    for field in fields(Map):
        value = getattr(found, field.name)
        if isinstance(value, np.ndarray):
            assert np.isfinite(value).all(), field.name
    assert 1 <= found.k == len(found.group_counts) == len(found.representative) <= 5
    assert found.group.max(initial=-1) < found.k
    assert (found.priority > 0).all()
    assert ((found.certainty >= 0) & (found.certainty <= 1)).all()
    assert ((found.bridging >= 0) & (found.bridging <= 1)).all()
    json.dumps(found.summary(), allow_nan=False)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("value", [-1, 0, 1])
def test_nothing_to_tell_apart_is_one_group(engine, value):
    who, what = (each.ravel() for each in np.indices((30, 9)))
    assert analyse(Votes.of(who, what, np.full(270, value)), engine).k == 1


@pytest.mark.parametrize("engine", ENGINES)
def test_fewer_than_fifteen_people_are_filled_up_with_the_most_active(engine):
    who, what = (each.ravel() for each in np.indices((20, 9)))
    kept = what < np.where(who < 4, 9, 3) + (who < 12)
    value = np.where(who % 2 == what % 2, 1, -1)
    found = analyse(Votes.of(who[kept], what[kept], value[kept]), engine)
    assert (found.group >= 0).sum() == 15
    assert (found.group[:12] >= 0).all()


@pytest.mark.parametrize("engine", ENGINES)
def test_no_matrix_of_people_by_statements_is_ever_made(engine):
    random = np.random.default_rng(5)
    who, what = random.integers(0, 50_000, 400_000), random.integers(0, 500, 400_000)
    value = random.integers(-1, 2, 400_000)
    tracemalloc.start()
    try:
        analyse(Votes.of(who, what, value), engine)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 50_000 * 500 * 4  # as 32-bit numbers


def test_a_large_conversation_is_fitted_on_a_sample_and_scored_whole(monkeypatch):
    cast, side = planted(people=2000, density=0.3)
    monkeypatch.setattr(ideal, "SAMPLE", 300)
    monkeypatch.setattr(ideal, "_PEOPLE", 700)
    monkeypatch.setattr(clustering, "SAMPLE", 300)
    found = analyse(Votes.of(*cast), "ideal")
    assert (found.group == side[found.participant_ids]).mean() > 0.9
    assert place(found, cast[1][cast[0] == 7], cast[2][cast[0] == 7])[:2] == pytest.approx(found.positions[7], abs=1e-3)


@pytest.mark.parametrize(
    ("name", "most"), [("scoop-hivemind.biodiversity", 0.31), ("vtaiwan.uberx", 0.362), ("brexit-consensus", 0.37)]
)
def test_hidden_votes_are_foretold_better_than_by_groups(name, most):
    cast, kept, _, _ = conversation(name)
    votes = Votes.of(*cast, kept)
    who, what = votes.participant_ids[votes.participant], votes.statement_ids[votes.statement]
    losses = []
    for seed in range(3):
        hidden = np.random.default_rng(seed).random(len(who)) < 0.2
        seen = Votes.of(who[~hidden], what[~hidden], votes.value[~hidden], kept)
        asked = hidden & (votes.value != 0)
        foretold = [predict(analyse(seen, e), seen, who[asked], what[asked]) for e in ENGINES]
        losses.append([loss(p, votes.value[asked]) for p in foretold])
    groups, positions = np.mean(losses, axis=0)
    assert positions <= most and positions < groups
