"""What may be published of a debate, in figures and on pages: thresholds, batches, and nothing of what was refused."""

import csv
import io
import json
import re
from datetime import timedelta
from itertools import pairwise

import pytest
from django.template import Context, Template
from django.utils import timezone

from counting import fold
from deliberation import analysis, findings, results, voting
from deliberation.analysis.body import body_of
from deliberation.cells import vote_cells
from deliberation.models import Debate, OpinionMap, Statement, Vote
from deliberation.opinion_groups import analyse
from tests.factories.crowds import camps, cast_all, publish_counts
from tests.factories.debates import DebateFactory, StatementFactory
from tests.factories.moderation import moderate
from tests.factories.voters import VoterBrowser

pytestmark = pytest.mark.django_db

EIGHT = [f"Phrase numéro {n}." for n in range(7)] + ["=CMD() voilà ?"]
NO_LABEL = re.compile(r"\b(gauche radicale|de gauche|de droite|progressiste|conservateur|libéra|populiste)", re.I)


@pytest.fixture
def debate():
    return DebateFactory(open=True, seeds=EIGHT)


@pytest.fixture
def analysed(debate):
    camps(debate, [40, 30])
    analysis.analyse_debate(debate)
    return fresh(debate)


def fresh(debate: Debate) -> Debate:
    return Debate.objects.for_display().get(pk=debate.pk)


def asked(debate: Debate) -> list[int]:
    return list(Statement.objects.filter(debate=debate).order_by("pk").values_list("pk", flat=True))


def figures(debate: Debate) -> dict:
    return results.published(fresh(debate))


def entry(debate: Debate, pk: int) -> dict:
    ref = Statement.objects.get(pk=pk).ref
    return next(e for e in figures(debate)["statements"] if e["id"] == ref)


def close(debate: Debate) -> None:
    Debate.objects.filter(pk=debate.pk).update(closes_at=timezone.now() - timedelta(seconds=1))


def test_figures_have_the_promised_shape(analysed):
    found = figures(analysed)
    assert list(found) == [
        *("key", "title", "participants", "votes", "counted_until"),
        *("suppressed_below", "set_aside", "trust", "map", "statements"),
    ]
    assert (found["participants"], found["votes"], found["suppressed_below"]) == (70, 560, 11)
    shown = found["map"]
    assert {"made_at", "engine", "parameters", "participants", "votes", "k", "groups"} <= set(shown)
    assert [(g["id"], g["size"]) for g in shown["groups"]] == [("A", 40), ("B", 30)]
    said = shown["groups"][0]["representative"][0]
    assert set(said) == {"statement_id", "text", "stance", "share", "share_elsewhere"}
    assert said["share"] > said["share_elsewhere"]
    for one in found["statements"]:
        assert one["agree"] + one["disagree"] + one["pass"] == one["votes"] == 70
        assert [sum(g[word] for g in one["groups"]) for word in results.WORDS] == [one[w] for w in results.WORDS]
    assert json.loads(json.dumps(found)) == found


@pytest.mark.parametrize("votes", [0, 1, 10, 11, 12])
def test_a_statement_with_few_votes_shows_their_number_alone(debate, votes):
    one = asked(debate)[0]
    cast_all(debate, [{one: 1}] * (votes - 1) + [{one: -1}] * (votes > 0))
    found = entry(debate, one)
    assert found["votes"] == votes
    assert (found["agree"] is None) == (found["disagree"] is None) == (found["pass"] is None) == (votes < 11)
    if votes >= 11:
        assert (found["agree"], found["disagree"], found["pass"]) == (votes - 1, 1, 0)


@pytest.mark.parametrize(("sizes", "shown"), [((40, 10), False), ((40, 11), True)])
def test_groups_are_shown_only_when_none_is_small(debate, settings, sizes, shown):
    camps(debate, sizes)
    settings.SUPPRESS_BELOW = 5  # a map that was made when smaller groups could be shown
    made = analysis.analyse_debate(debate)
    assert sorted(group["size"] for group in made.body["groups"]) == sorted(sizes)
    settings.SUPPRESS_BELOW = 11
    found = figures(debate)
    assert (found["map"]["groups"] is not None) == shown
    assert all((e["groups"] is not None) == shown for e in found["statements"])
    if not shown:
        assert all(e[name] is None for e in found["statements"] for name in results.FROM_GROUPS)
        assert found["map"]["k"] is None and results.read(fresh(debate)).body is None


@pytest.mark.parametrize(("sizes", "shown"), [((40, 10), False), ((40, 11), True)])
def test_the_body_of_a_map_holds_no_small_group(debate, sizes, shown):
    camps(debate, sizes)
    made = analyse(analysis.load_votes(debate), "classic")
    body = body_of(made, dict(Statement.objects.values_list("pk", "ref")), 11)
    assert made.k == 2 and (body["groups"] is not None) == (body["picture"] is not None) == shown
    assert all((one["groups"] is not None) == shown for one in body["statements"].values())


def test_a_statement_few_of_a_group_voted_on_has_no_table_at_all(debate):
    voters = camps(debate, [40, 30])
    new = StatementFactory(debate=debate, published=True)
    cell = Statement.objects.get(pk=new.pk).cell
    for n in [*range(20), *range(40, 50)]:  # twenty of the first camp, ten of the second
        Vote.objects.create(voter=voters[n], statement=new, value=1, cells=vote_cells(cell, 1))
    publish_counts(debate)
    analysis.analyse_debate(debate)
    found = entry(debate, new.pk)
    assert (found["votes"], found["agree"]) == (30, 30) and found["groups"] is None
    assert all(found[name] is None for name in results.FROM_GROUPS)
    Vote.objects.create(voter=voters[50], statement=new, value=1, cells=vote_cells(cell, 1))
    publish_counts(debate)
    close(debate)
    analysis.analyse_debate(debate)
    assert [g["votes"] for g in entry(debate, new.pk)["groups"]] == [20, 11]


def test_a_higher_threshold_also_hides_what_older_maps_hold(analysed, settings):
    settings.SUPPRESS_BELOW = 31
    found = figures(analysed)
    assert found["map"]["groups"] is None and all(e["groups"] is None for e in found["statements"])
    settings.SUPPRESS_BELOW = 71
    assert all(e["agree"] is None for e in figures(analysed)["statements"])


def test_live_figures_move_in_batches_while_the_number_of_votes_moves_at_once(debate):
    one = asked(debate)[0]
    ref, tool = Statement.objects.get(pk=one).ref, debate.tool_id
    browsers = [VoterBrowser(debate) for _n in range(12)]
    seen = []
    for browser in browsers:
        browser.vote(ref)
        fold.fold(tool)
        seen.append((figures(debate)["votes"], entry(debate, one)["votes"]))
    assert [votes for votes, _published in seen] == list(range(1, 13))
    steps = sorted({published for _votes, published in seen})
    assert steps[0] == 0 and len(steps) > 1
    # Eleven moves: who votes for the first time makes two, one as a person and one as a vote.
    assert all(later - before >= 6 for before, later in pairwise(steps))
    close(debate)
    assert entry(debate, one)["agree"] == 12  # exact once closed


def test_totals_and_groups_never_differ_by_a_few_votes(analysed):
    one = asked(analysed)[0]
    before = entry(analysed, one)
    cast_all(analysed, [{one: 1}])  # published with a batch, but after the map
    assert entry(analysed, one) == before
    close(analysed)
    after = entry(analysed, one)
    assert after["votes"] == 71 and after["groups"] is None  # exact, and so without groups until the last map
    analysis.analyse_debate(analysed)
    assert sum(g["votes"] for g in entry(analysed, one)["groups"]) in (70, 71)


def test_refused_waiting_and_set_aside_are_nowhere(analysed, client):
    gone = Statement.objects.get(pk=asked(analysed)[2])
    waiting = StatementFactory(debate=analysed, text="Personne ne l’a encore lue.")
    Statement.objects.filter(pk=gone.pk).update(status="refused")
    base = f"/debats/{analysed.key}/"
    for path in ("resultats/", "resultats.json", "resultats.csv"):
        text = client.get(base + path).content.decode()
        assert gone.text not in text and gone.ref not in text
        assert waiting.text not in text and waiting.ref not in text
    for ref in (gone.ref, waiting.ref, "nulle-part"):
        assert client.get(f"{base}affirmations/{ref}/").status_code == 404
    assert figures(analysed)["votes"] == 70 * 7


def test_voters_set_aside_or_gone_leave_the_figures(analysed):
    voters = list(analysed.voters.order_by("pk"))
    voting.set_aside(voters[:12])
    voting.erase(bytes(voters[12].participant_key))
    fold.fold(analysed.tool_id)
    analysis.analyse_debate(analysed)
    found = figures(analysed)
    assert found["participants"] == found["map"]["participants"] == 57
    assert all(e["votes"] == 57 for e in found["statements"])


def test_a_map_of_people_who_all_left_is_not_shown(analysed):
    for voter in analysed.voters.all():
        voting.erase(bytes(voter.participant_key))
    publish_counts(analysed)
    found = figures(analysed)
    assert found["map"] is None and found["participants"] == found["votes"] == 0
    assert all(e["agree"] is None for e in found["statements"])


@pytest.mark.parametrize("seeds", [1, 3, 300])
@pytest.mark.parametrize("closed", [False, True])
def test_as_many_queries_for_300_statements_as_for_one(seeds, closed, django_assert_max_num_queries):
    debate = DebateFactory(open=True, seeds=["Une première phrase."])
    StatementFactory.create_batch(seeds - 1, debate=debate, published=True)
    cast_all(debate, [dict.fromkeys(asked(debate), 1)] * 12 + [dict.fromkeys(asked(debate), -1)] * 12)
    analysis.analyse_debate(debate)
    if closed:
        close(debate)
    found = fresh(debate)
    with django_assert_max_num_queries(4):
        assert len(results.published(found)["statements"]) == seeds


def test_pages_cost_as_much_for_300_statements_as_for_three(client, django_assert_max_num_queries):
    for seeds in (3, 300):
        debate = DebateFactory(open=True, seeds=["Une première phrase."])
        StatementFactory.create_batch(seeds - 1, debate=debate, published=True)
        camps(debate, [20, 20])
        analysis.analyse_debate(debate)
        client.get("/")  # what the house itself caches
        with django_assert_max_num_queries(9):
            assert client.get(f"/debats/{debate.key}/resultats/").status_code == 200


def test_what_unites_and_what_divides_is_told_from_the_groups(analysed):
    found, (uniting, *_dividing, puzzle) = figures(analysed), asked(analysed)
    ref = dict(Statement.objects.values_list("pk", "ref"))
    assert findings.united(found, 5)[0]["id"] == ref[uniting]
    assert {e["id"] for e in findings.dividing(found, 9)} == {ref[pk] for pk in asked(analysed)[1:-1]}
    assert [e["id"] for e in findings.puzzling(found, 5)] == [ref[puzzle]]


def test_what_everybody_refuses_unites_too(debate):
    one, *others = asked(debate)
    sides = ({one: -1} | dict.fromkeys(others, 1), {one: -1} | dict.fromkeys(others, -1))
    cast_all(debate, [sides[n % 2] for n in range(40)])
    analysis.analyse_debate(debate)
    assert [e["votes"] for e in findings.united(figures(debate), 9)] == [40]
    assert findings.united(figures(debate), 9)[0]["disagree"] == 40


def test_without_groups_totals_tell_what_unites(debate):
    one, two, *_others = asked(debate)
    cast_all(debate, [{one: 1, two: (1, -1)[n % 2]} for n in range(40)])
    found = figures(debate)
    assert found["map"] is None
    assert [e["agree"] for e in findings.united(found, 5)] == [40]
    assert [(e["agree"], e["disagree"]) for e in findings.dividing(found, 5)] == [(20, 20)]


def test_the_page_reads_in_the_promised_order_without_labels(analysed, client):
    page = client.get(f"/debats/{analysed.key}/resultats/").content.decode()
    order = ["des volontaires", "Ce qui rassemble", "Ce qui divise", "Ce qui reste incertain", "Les groupes d’opinion"]
    order += ["La carte des opinions", "Où vous situez-vous", "Toutes les phrases", "Comment c’est calculé"]
    places = [page.index(words) for words in order]
    assert places == sorted(places)
    assert "40 personnes" in page and re.search(r"\d+ %, contre \d+ % ailleurs", page.replace("\xa0", " "))
    assert not NO_LABEL.search(page) and "<script" not in page and "style=" not in page


def test_before_there_is_anything_to_show_the_page_says_why(debate, client, settings):
    address = f"/debats/{debate.key}/resultats/"
    assert "à partir de 11 votes" in client.get(address).content.decode()
    camps(debate, [9, 9])
    assert "pas encore calculés" in client.get(address).content.decode()
    settings.SUPPRESS_BELOW = 5
    analysis.analyse_debate(debate)
    settings.SUPPRESS_BELOW = 11
    assert "moins de 11 personnes" in client.get(address).content.decode()
    OpinionMap.objects.all().delete()
    cast_all(debate, [dict.fromkeys(asked(debate), 1)] * 60)
    analysis.analyse_debate(debate)
    page = client.get(address).content.decode()
    assert "Ce qui rassemble" in page


@pytest.mark.parametrize("sort", ["votes", "agreement", "division", "pass", "", "x' OR 1", "votes\x00"])
def test_the_table_is_sorted_by_any_column_and_by_nothing_else(analysed, client, sort):
    page = client.get(f"/debats/{analysed.key}/resultats/", {"sort": sort})
    assert page.status_code == 200 and page.content.decode().count("aria-sort") == 1


def test_results_are_hidden_until_the_debate_says_so(analysed, client):
    paths = [f"/debats/{analysed.key}/{path}" for path in ("resultats/", "resultats.json", "resultats.csv")]
    for shown, status in (("closed", 404), ("never", 404), ("always", 200)):
        Debate.objects.filter(pk=analysed.pk).update(show_results=shown)
        assert {client.get(path).status_code for path in paths} == {status}
    Debate.objects.filter(pk=analysed.pk).update(show_results="closed")
    close(analysed)
    assert {client.get(path).status_code for path in paths} == {200}
    Debate.objects.filter(pk=analysed.pk).update(live=False)
    assert {client.get(path).status_code for path in paths} == {404}


def test_a_statements_own_page_hides_figures_that_are_not_public(analysed, client):
    ref = Statement.objects.get(pk=asked(analysed)[0]).ref
    address = f"/debats/{analysed.key}/affirmations/{ref}/"
    assert 'table class="tally"' in client.get(address).content.decode()
    Debate.objects.filter(pk=analysed.pk).update(show_results="closed")
    page = client.get(address).content.decode()
    assert 'table class="tally"' not in page and "quand le débat sera clos" in page


def test_a_statements_page_shows_its_votes_over_time(analysed, client):
    pk = asked(analysed)[1]
    ref = Statement.objects.get(pk=pk).ref
    made = OpinionMap.objects.get()
    few = {**made.body, "statements": {f"s:{ref}": {"votes": 5, "counts": [5, 0, 0], "groups": None}}}
    for days, body in ((3, made.body), (2, few), (1, {**made.body, "statements": {}})):
        copy = OpinionMap(debate=analysed, engine="classic", participants=9, votes=9, body=body, digest="", seconds=1)
        copy.save()
        OpinionMap.objects.filter(pk=copy.pk).update(made_at=timezone.now() - timedelta(days=days))
    found = results.by_day(analysed, ref)
    assert [day["votes"] for day in found] == [70, 70] and found[0]["day"] < found[1]["day"]
    assert "Au fil du temps" in client.get(f"/debats/{analysed.key}/affirmations/{ref}/").content.decode()


def test_a_ref_that_is_a_number_finds_its_votes(debate):
    Statement.objects.filter(pk=asked(debate)[0]).update(ref="0")
    camps(debate, [20, 20])
    analysis.analyse_debate(debate)
    assert [day["votes"] for day in results.by_day(debate, "0")] == [40]


def test_where_you_stand_is_told_to_you_alone(analysed, client):
    anonymous = client.get(f"/debats/{analysed.key}/resultats/")
    assert "no-store" not in anonymous.get("Cache-Control", "") and "Cookie" in anonymous["Vary"]
    assert 'class="here"' not in anonymous.content.decode()
    browser, pks = VoterBrowser(analysed), asked(analysed)
    refs = dict(Statement.objects.values_list("pk", "ref"))
    browser.vote(refs[pks[0]])
    page = browser.get(f"/debats/{analysed.key}/resultats/")
    assert "no-store" in page["Cache-Control"] and "1 phrase" in page.content.decode()
    for place, pk in list(enumerate(pks))[1:]:
        browser.vote(refs[pk], "agree" if place % 2 else "disagree")  # as the second camp does
    page = browser.get(f"/debats/{analysed.key}/resultats/").content.decode()
    assert "ceux du groupe\xa0B" in page and 'class="here"' in page
    assert 'class="here"' not in client.get(f"/debats/{analysed.key}/resultats/").content.decode()


def test_json_is_not_sent_again_when_unchanged(analysed, client):
    address = f"/debats/{analysed.key}/resultats.json"
    first = client.get(address)
    assert first.json()["key"] == analysed.key and first["ETag"]
    again = client.get(address, headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304 and not again.content


def test_csv_is_safe_and_says_what_is_hidden_by_saying_nothing(analysed, client):
    StatementFactory(debate=analysed, published=True, text="+1 arbre")
    text = client.get(f"/debats/{analysed.key}/resultats.csv").content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == 9 and all(None not in row and None not in row.values() for row in rows)
    by_text = {row["text"]: row for row in rows}
    assert "'=CMD() voilà ?" in by_text
    new = by_text["'+1 arbre"]
    assert new["votes"] == "0" and new["agree"] == new["group_A_votes"] == new["consensus"] == ""
    assert {row["group_A_votes"] for row in rows if row is not new} == {"40"}


def test_the_block_says_politely_when_there_is_nothing_to_see(analysed):
    template = Template("{% load deliberation_results %}{% debate_results debate 3 %}")
    shown = template.render(Context({"debate": fresh(analysed)}))
    assert "<h3>Ce qui rassemble</h3>" in shown and f"/debats/{analysed.key}/resultats/" in shown
    assert "Toutes les phrases" not in shown
    Debate.objects.filter(pk=analysed.pk).update(show_results="never")
    assert "ne sont pas publiés ici" in template.render(Context({"debate": fresh(analysed)}))


@pytest.mark.parametrize("ballots", [0, 1, 30])
def test_pages_of_debates_without_or_with_one_vote_never_fail(debate, client, ballots):
    cast_all(debate, [dict.fromkeys(asked(debate), 0)] * ballots)
    analysis.analyse_debate(debate)
    for path in ("resultats/", "resultats.json", "resultats.csv"):
        assert client.get(f"/debats/{debate.key}/{path}").status_code == 200
    ref = Statement.objects.get(pk=asked(debate)[0]).ref
    assert client.get(f"/debats/{debate.key}/affirmations/{ref}/").status_code == 200


def test_the_sites_statistics_count_people_and_votes(analysed, client):
    assert results.totals() == (70, 560)
    assert "560" in client.get("/stats/").content.decode() and "560" in client.get("/stats.csv").content.decode()


def test_refusing_through_the_desk_takes_a_statement_out(analysed):
    statement = Statement.objects.get(pk=asked(analysed)[2])
    moderate(statement, "refuse", reason="hors sujet")
    assert statement.ref not in {e["id"] for e in figures(analysed)["statements"]}


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("width", [320, 1366])
def test_the_results_are_open_to_everybody_on_any_screen(live_server, visit, width):
    from axe_playwright_python.sync_playwright import Axe

    debate = DebateFactory(open=True, seeds=EIGHT)
    camps(debate, [40, 30])
    analysis.analyse_debate(debate)
    page = visit(javascript=width > 320, width=width)
    ref = Statement.objects.get(pk=asked(debate)[1]).ref
    for path in ("resultats/", "resultats/?sort=division", f"affirmations/{ref}/"):
        page.goto(f"{live_server.url}/debats/{debate.key}/{path}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        if width > 320:
            assert not Axe().run(page).response["violations"]
    page.goto(f"{live_server.url}/debats/{debate.key}/resultats/")
    page.get_by_role("link", name="Ce qui divise d’abord").click()
    assert page.locator("th[aria-sort]").inner_text() == "Écart entre groupes"
