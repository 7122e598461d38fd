"""Opinion maps: which votes they rest on, when one is made, which are kept, and what Redis can do to them."""

import json
from datetime import timedelta

import django_rq
import pytest
import redis
from django.conf import settings
from django.utils import timezone

from counting.models import Tool
from deliberation import analysis, jobs, voting
from deliberation.analysis.body import placeable
from deliberation.models import Debate, OpinionMap, Statement, Vote
from deliberation.opinion_groups import Map, place
from tests.factories.crowds import camps, cast_all, publish_counts
from tests.factories.debates import DebateFactory, StatementFactory
from tests.factories.moderation import moderate

pytestmark = pytest.mark.django_db

TEN = [f"Phrase numéro {n}." for n in range(10)]


@pytest.fixture
def debate():
    return DebateFactory(open=True, seeds=TEN)


def asked(debate: Debate) -> list[int]:
    return list(Statement.objects.filter(debate=debate).order_by("pk").values_list("pk", flat=True))


def later(**by: float) -> None:
    """Let the newest map be made so long ago."""
    OpinionMap.objects.update(made_at=timezone.now() - timedelta(**by))


def test_load_votes_reads_what_counts_and_nothing_else(debate):
    one, two, three, *_rest = asked(debate)
    a, b, aside, _lost = cast_all(debate, [{one: 1, two: -1, three: 1}, {one: 0}, {one: 1, two: 1}, {three: -1}])
    voting.set_aside([aside])
    Statement.objects.filter(pk=two).update(status="closed")  # counts, and takes no more votes
    moderate(Statement.objects.get(pk=three), "refuse", reason="hors sujet")
    other = DebateFactory(open=True, seeds=["Ailleurs."])
    cast_all(other, [{asked(other)[0]: 1}])
    votes = analysis.load_votes(debate)
    read = {
        (int(votes.participant_ids[p]), int(votes.statement_ids[s]), int(v))
        for p, s, v in zip(votes.participant, votes.statement, votes.value, strict=True)
    }
    assert read == {(a.pk, one, 1), (a.pk, two, -1), (b.pk, one, 0)}
    assert three not in votes.statement_ids and set(votes.participant_ids.tolist()) == {a.pk, b.pk}


def test_load_votes_finds_every_vote_however_voter_ids_lie(debate):
    """Ids at both ends of what they can be, and side by side: blocks must neither mix nor lose people."""
    one, two, *_rest = asked(debate)
    voters = cast_all(debate, [{one: 1, two: -1} for _n in range(40)])
    votes = analysis.load_votes(debate)
    assert sorted(votes.participant_ids.tolist()) == sorted(v.pk for v in voters)
    assert len(votes.value) == 80 == Vote.objects.count()
    assert {int(s): int(v) for s, v in zip(votes.statement_ids[votes.statement], votes.value, strict=True)} == {
        one: 1,
        two: -1,
    }


def test_a_map_is_stored_with_what_it_rests_on(debate):
    camps(debate, [40, 30])
    made = analysis.analyse_debate(debate)
    assert (made.participants, made.votes, made.engine) == (70, 700, analysis.DEFAULT_ENGINE)
    assert sorted(g["size"] for g in made.body["groups"]) == [30, 40]
    assert set(made.body["extremities"]) == set(Statement.objects.values_list("ref", flat=True))
    assert made.seconds > 0 and made.state


@pytest.mark.parametrize("engine", ["classic", "ideal"])
def test_the_same_votes_give_the_same_body_in_both_engines(debate, engine):
    camps(debate, [40, 30])
    first = analysis.analyse_debate(debate, engine).body
    OpinionMap.objects.all().delete()
    assert analysis.analyse_debate(debate, engine).body == first


def test_nothing_is_done_when_no_vote_moved(debate, monkeypatch):
    camps(debate, [40, 30])
    made = analysis.analyse_debate(debate)
    monkeypatch.setattr(analysis, "load_votes", lambda _debate: pytest.fail("read again for nothing"))
    assert analysis.analyse_debate(debate).pk == made.pk and OpinionMap.objects.count() == 1


def test_a_few_votes_make_no_new_map_while_the_debate_is_open(debate):
    camps(debate, [40, 30])
    made = analysis.analyse_debate(debate)
    cast_all(debate, [dict.fromkeys(asked(debate), 1)])  # ten votes, published with others: below eleven
    again = analysis.analyse_debate(debate)
    assert again.pk == made.pk and again.body == made.body
    cast_all(debate, [{asked(debate)[0]: 1}])  # the eleventh
    assert analysis.analyse_debate(debate).participants == 72


def test_the_last_few_votes_count_once_the_debate_is_closed(debate):
    camps(debate, [40, 30])
    analysis.analyse_debate(debate)
    cast_all(debate, [{asked(debate)[0]: 1}])
    Debate.objects.filter(pk=debate.pk).update(closes_at=timezone.now() - timedelta(seconds=1))
    assert analysis.analyse_debate(debate).participants == 71


def test_starts_from_the_last_map_and_keeps_the_names_of_its_groups(debate, monkeypatch):
    camps(debate, [40, 30])
    first = analysis.analyse_debate(debate)
    before = Map.from_bytes(bytes(first.state))
    camps(debate, [10, 60], seed=2)  # the smaller group becomes the larger one
    second = analysis.analyse_debate(debate)
    now = Map.from_bytes(bytes(second.state))
    group = dict(zip(now.participant_ids.tolist(), now.group.tolist(), strict=True))
    kept = [group[p] == g for p, g in zip(before.participant_ids.tolist(), before.group.tolist(), strict=True)]
    assert sum(kept) / len(kept) > 0.95
    assert [g["size"] for g in second.body["groups"]] == [50, 90]


def test_only_the_newest_map_knows_where_people_stand(debate):
    camps(debate, [40, 30])
    old = analysis.analyse_debate(debate)
    camps(debate, [5, 5], seed=3)
    new = analysis.analyse_debate(debate)
    old.refresh_from_db()
    assert old.state is None and new.state and old.body["groups"]


def test_one_map_a_day_is_kept_and_all_those_of_the_last_day(debate):
    camps(debate, [40, 30])
    made = analysis.analyse_debate(debate)
    noon = timezone.localtime().replace(hour=12, minute=0, second=0, microsecond=0) - timedelta(days=5)
    ages = [noon, noon + timedelta(hours=1), noon + timedelta(days=1), timezone.now() - timedelta(hours=2)]
    for at in [*ages, timezone.now() - timedelta(hours=1)]:
        copy = OpinionMap(debate=debate, engine="classic", participants=1, votes=1, body={}, digest="", seconds=1)
        copy.save()
        OpinionMap.objects.filter(pk=copy.pk).update(made_at=at)
    assert analysis.thin_out(debate) == 1
    left = list(OpinionMap.objects.values_list("made_at", flat=True))
    assert noon not in left and noon + timedelta(hours=1) in left and len(left) == 5
    assert OpinionMap.objects.filter(pk=made.pk).exists() and analysis.thin_out(debate) == 0


def test_who_stored_first_wins(debate, monkeypatch):
    """A second analysis of the same votes, or an older one that ends late, adds nothing."""
    camps(debate, [40, 30])
    from deliberation import opinion_groups

    analyse, others = opinion_groups.analyse, []

    def overtaken(*given, **named):
        if not others:
            others.append(1)
            others.append(analysis.analyse_debate(debate))
        return analyse(*given, **named)

    monkeypatch.setattr(opinion_groups, "analyse", overtaken)
    late = analysis.analyse_debate(debate)
    assert late.pk == others[1].pk and OpinionMap.objects.count() == 1


def test_people_set_aside_or_gone_and_statements_refused_are_out(debate):
    voters = camps(debate, [40, 30])
    analysis.analyse_debate(debate)
    voting.set_aside(voters[:20])
    voting.erase(bytes(voters[25].participant_key))
    refused = Statement.objects.get(pk=asked(debate)[3])
    moderate(refused, "refuse", reason="hors sujet")
    publish_counts(debate)
    made = analysis.analyse_debate(debate)
    assert (made.participants, made.votes) == (49, 49 * 9)
    assert f"s:{refused.ref}" not in made.body["statements"] and refused.ref not in made.body["extremities"]
    known = set(Map.from_bytes(bytes(made.state)).participant_ids.tolist())
    assert not known & {v.pk for v in voters[:20]} and voters[25].pk not in known


@pytest.mark.parametrize("engine", ["classic", "ideal"])
@pytest.mark.parametrize(
    "ballots",
    [
        [],
        [{0: 1}],
        [{0: 0}] * 30,
        [dict.fromkeys(range(10), 0)] * 30,
        [dict.fromkeys(range(10), 1)] * 30,
        [{n: 1} for n in range(10)] * 3,
        [{0: 1}] * 20 + [{9: -1}] * 20,
    ],
    ids=["none", "one vote", "all pass once", "all pass", "all alike", "one each", "no bridge"],
)
def test_degenerate_votes_never_fail(debate, ballots, engine):
    pks = asked(debate)
    cast_all(debate, [{pks[n]: value for n, value in ballot.items()} for ballot in ballots])
    made = analysis.analyse_debate(debate, engine)
    assert (made is None) == (not ballots)
    if made:
        assert made.participants == len(ballots)
        assert json.loads(json.dumps(made.body, allow_nan=False)) == made.body


@pytest.mark.parametrize("engine", ["classic", "ideal"])
def test_a_person_is_placed_alike_by_the_body_and_by_the_whole_map(debate, engine):
    camps(debate, [40, 30])
    made = analysis.analyse_debate(debate, engine)
    made.refresh_from_db()  # as JSON gives it back
    whole, pks = Map.from_bytes(bytes(made.state)), asked(debate)
    for values in ([1] * 10, [1, -1] * 5, [1, 1, 1], []):
        seen = pks[: len(values)]
        assert place(placeable(made.body), seen, values) == pytest.approx(place(whole, seen, values), abs=1e-3)


def test_states_of_another_version_are_no_obstacle(debate):
    camps(debate, [40, 30])
    analysis.analyse_debate(debate)
    OpinionMap.objects.update(state=b"something else")
    camps(debate, [10, 10], seed=4)
    assert analysis.analyse_debate(debate).participants == 90


def test_new_statements_are_asked_of_nobody_yet_and_break_nothing(debate):
    camps(debate, [40, 30])
    analysis.analyse_debate(debate)
    StatementFactory(debate=debate, published=True)
    camps(debate, [10, 10], seed=4)
    assert len(analysis.analyse_debate(debate).body["statements"]) == 11


class Messenger:
    """Redis as far as jobs use it; `away` makes every call fail."""

    def __init__(self):
        self.flags, self.away = {}, False

    def set(self, name, value, nx, ex):
        if self.away:
            raise redis.ConnectionError("away")
        assert nx and 0 < ex <= 300
        return None if name in self.flags else self.flags.setdefault(name, value)

    def delete(self, name):
        if self.away:
            raise redis.ConnectionError("away")
        self.flags.pop(name, None)


@pytest.fixture
def asked_for(monkeypatch):
    """(messenger, the debates for which a job was enqueued)."""
    messenger, found = Messenger(), []

    class Queue:
        def enqueue(self, name, debate_id, **options):
            assert name == "deliberation.jobs.analyse" and options["job_timeout"] <= 600
            json.dumps(debate_id)
            found.append(debate_id)

    def queue(name, **_options):
        assert name in settings.RQ_QUEUES
        return Queue()

    monkeypatch.setattr(jobs, "_messenger", lambda: messenger)
    monkeypatch.setattr(django_rq, "get_queue", queue)
    return messenger, found


def test_one_job_for_each_debate_whose_votes_moved(debate, asked_for):
    _messenger, found = asked_for
    DebateFactory(open=True)  # nobody voted
    assert jobs.ask_for_analyses() == 0
    camps(debate, [40, 30])
    assert jobs.ask_for_analyses() == 1 and jobs.ask_for_analyses() == 0 and found == [debate.pk]
    assert jobs.analyse(debate.pk) == OpinionMap.objects.get().pk
    assert jobs.ask_for_analyses() == 0  # nothing moved
    later(hours=1)
    assert jobs.ask_for_analyses() == 0


def test_the_next_map_waits_longer_after_a_long_one(debate, asked_for):
    _messenger, found = asked_for
    camps(debate, [40, 30])
    jobs.analyse(debate.pk)
    camps(debate, [10, 10], seed=5)
    assert jobs.due() == []  # just made
    later(seconds=21)
    assert jobs.due() == [debate.pk]
    OpinionMap.objects.update(seconds=3.0)
    assert jobs.due() == []
    later(seconds=61)
    assert jobs.due() == [debate.pk]


def test_with_redis_away_nothing_is_lost(debate, asked_for):
    messenger, found = asked_for
    camps(debate, [40, 30])
    messenger.away = True
    assert jobs.ask_for_analyses() == 0 and found == []
    messenger.away = False
    assert jobs.ask_for_analyses() == 1
    messenger.flags.clear()  # flushed, the job with it
    assert jobs.ask_for_analyses() == 1
    messenger.away = True
    assert jobs.analyse(debate.pk)  # a job under way ends well
    assert OpinionMap.objects.count() == 1


def test_a_job_twice_late_or_for_a_debate_that_is_gone(debate, asked_for):
    camps(debate, [40, 30])
    first = jobs.analyse(debate.pk)
    assert jobs.analyse(debate.pk) == first and OpinionMap.objects.count() == 1
    assert jobs.analyse(10**9) is None
    assert not asked_for[0].flags


def test_a_job_that_fails_is_asked_for_again(debate, asked_for, monkeypatch):
    camps(debate, [40, 30])
    jobs.ask_for_analyses()
    monkeypatch.setattr(analysis, "analyse_debate", lambda _debate: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        jobs.analyse(debate.pk)
    assert jobs.ask_for_analyses() == 1


def test_looking_for_debates_costs_nothing_for_those_that_rest(debate, asked_for, django_assert_max_num_queries):
    camps(debate, [40, 30])
    jobs.analyse(debate.pk)
    with django_assert_max_num_queries(2):
        jobs.due()


def test_a_closed_and_sealed_debate_gets_its_last_map(debate, asked_for):
    camps(debate, [40, 30])
    jobs.analyse(debate.pk)
    later(hours=1)
    cast_all(debate, [{asked(debate)[0]: 1}])
    Tool.objects.filter(pk=debate.tool_id).update(state="sealed")
    assert jobs.due() == [debate.pk]
    jobs.analyse(debate.pk)
    later(hours=1)
    assert jobs.due() == []
