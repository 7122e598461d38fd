"""Every address of the project, who may GET and POST there, on their own ground and on somebody else's.

An address that nobody listed fails the test: whoever adds one says here who may.
"""

import re
import uuid
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from django.contrib.auth import get_user_model
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, get_resolver
from django.utils import timezone
from wagtail.models import Page

from deliberation.models import Debate
from maps.models import Map
from moderation import voices
from moderation.models import Appeal, Burst, Decision, Item, Service
from participation import receipts
from participation.models import AccessBatch
from surveys import keying
from surveys.exports import making
from surveys.forms import compiled_live
from surveys.models import Export, KeyedSheet, Kiosk, Survey
from surveys.paper.surroundings import short_name
from tests.factories.debates import ArgumentFactory, DebateFactory, StatementFactory
from tests.factories.maps import MapFactory
from tests.factories.moderation import item_of, member, moderate, moderator
from tests.factories.pages import ConsultationPageFactory
from tests.factories.surveys import KioskFactory, SurveyFactory

pytestmark = [pytest.mark.django_db, pytest.mark.once]

# x anybody, signed in or not; e communications agent, m moderator of consultation A, a analyst, s agent of another
# service, d administrator, u superuser.
ROLES = "xemasdu"
ALL, STAFF, NOBODY = ROLES, "emasdu", ""
ELSEWHERE = "https://www.ville.example"
EDIT = "edu"


class Rule(NamedTuple):
    """Who at most gets through at the routes that `route` matches; with `exact`, who does."""

    route: str
    get: str
    post: str
    exact: bool = False
    foreign: str | None = None  # who gets through on somebody else's ground, where that differs


RULES = [
    # The desk: moderators of the place, administrators and superusers.
    Rule(r"admin/moderation/(results/)?$", "mdu", "", True),
    Rule(r"admin/moderation/next/$", "mdu", "", True),
    Rule(r"admin/moderation/undo/$", "", "mdu", True),
    Rule(r"admin/moderation/<int:pk>/$", "mdu", "mdu", True, foreign="du"),
    Rule(r"admin/moderation/appeal/<int:pk>/$", "", "mdu", True, foreign="du"),
    Rule(r"admin/moderation/forwarded/$", "su", "", True),
    Rule(r"admin/moderation/forwarded/<int:pk>/$", "", "su", True, foreign="u"),
    Rule(r"admin/bulk/<str:app_label>/", "mdu", "mdu", True, foreign="du"),
    Rule(r"admin/moderation/bursts/(results/)?$", "mdu", "", True),
    Rule(r"admin/\^moderation/bursts/", "mdu", "mdu", True, foreign="du"),
    # What citizens sent as files, before it is shown: moderators of the place (see tests/uploads).
    Rule(r"admin/fichiers/", "mdu", "", foreign="du"),
    # Letter codes: agents, where their group's area says.
    Rule(r"admin/access/", "edu", "edu", True),
    # Territories: who edits.
    Rule(r"admin/territories/", EDIT, EDIT),
    # The registers are read, by moderators and analysts of the place, and written by nobody.
    Rule(r"admin/\^moderation/(decisions|reports|appeals)/\$", "madu", "madu"),
    Rule(r"admin/\^moderation/\w+/inspect/", "madu", "madu", False, foreign="adu"),
    Rule(r"admin/\^moderation/\w+/(create|edit|delete)/", NOBODY, NOBODY),
    Rule(r"admin/moderation/(charters|services)/", "du", "du"),
    Rule(r"admin/moderation/consultations/", "du", "du"),
    # Wagtail's own that any member of the staff reaches: choosers, and addresses that only lead on.
    Rule(r"admin/(snippets/choose|workflows/task_chooser|(images|documents)/chooser)", STAFF, STAFF),
    Rule(r"admin/(snippets/\w+/\w+|pages)/workflow/confirm_cancellation/", STAFF, STAFF),
    Rule(r"admin/pages/(<int:page_id>/revisions/$|<int:page_to_move_id>)", STAFF, STAFF),
    # Exports: who may have responses one by one.
    Rule(r"admin/surveys/<int:pk>/links/$", EDIT, "", True),
    Rule(r"admin/surveys/(<int:pk>/kiosks|kiosks/<uuid:kiosk_id>)/$", EDIT, EDIT, True),
    # Keying in: who may, where they may.
    Rule(r"admin/surveys/keying/$", EDIT, "", True),
    Rule(r"admin/surveys/<int:pk>/keying/", EDIT, EDIT, True),
    Rule(r"admin/surveys/keying/sheets/", EDIT, EDIT, True),
    Rule(r"admin/surveys/<int:pk>/poster/", EDIT, "", True),
    Rule(r"admin/surveys/exports/$", "eadu", "", True),
    Rule(r"admin/surveys/<int:pk>/exports/$", "eadu", "eadu", True),
    # Addresses given in surveys: agents, not analysts.
    Rule(r"admin/surveys/<int:pk>/emails/$", EDIT, EDIT),
    Rule(r"admin/surveys/exports/<uuid:export_id>/", "eadu", "", True),
    # Surveys, debates, pages: who edits.
    Rule(r"admin/consultations/", EDIT, EDIT, True),
    Rule(r"admin/(surveys|debates|maps)/<int:pk>/(copy|files)/", EDIT, EDIT),
    Rule(r"admin/surveys/<int:pk>/translations/", EDIT, EDIT),
    Rule(r"admin/snippets/", EDIT, EDIT),
    Rule(r"admin/(pages|workflows)/", EDIT, EDIT),
    Rule(r"admin/(images|documents|collections|redirects)/", EDIT, EDIT),
    Rule(r"admin/settings/", EDIT, EDIT),
    Rule(r"admin/(users|groups|sites)/", "u", "u"),
    Rule(r"admin/reports/commitments/", "edu", NOBODY),
    Rule(r"admin/reports/", STAFF, STAFF),
    # What becomes of consultations: who edits them.
    Rule(r"admin/follow-up/", EDIT, EDIT),
    Rule(r"admin/(api|choose-|tag-autocomplete|editing-sessions|embeds|block-preview|_util|modeladmin)", STAFF, STAFF),
    Rule(r"admin/(account|logout|dismissibles|sprite|jsi18n|login|password_reset|test404|failwhale|$)", ALL, ALL),
    Rule(r"admin/\^\.\*/\$$", ALL, ALL),
    # What the public sees and sends.
    Rule(r"sante/$", ALL, ALL),
    Rule(r"(themes|reponses|suivre|flux)/", ALL, ALL),
    Rule(r"(e|enquetes|integrer|permanence|debats|cartes|suivi|signaler|moderation|acces)/", ALL, ALL),
    Rule(r"(carte|adresses|fichiers)/", ALL, ALL),
    Rule(r"(recherche|theme\.css|stats|stats\.csv|plan-du-site|robots\.txt)", ALL, ALL),
    Rule(r"documents/", ALL, ALL),
    Rule(r"(_util/|\^\(\(\?:|\^media)", ALL, ALL),
]


def routes() -> Iterator[str]:
    """Every route of the project, as written."""

    def walk(resolver: Any, before: str = "") -> Iterator[str]:
        for entry in resolver.url_patterns:
            route = before + str(entry.pattern)
            if isinstance(entry, URLPattern):
                yield route
            else:
                yield from walk(entry, route)

    yield from walk(get_resolver())


def rule_of(route: str) -> Rule | None:
    return next((rule for rule in RULES if re.match(rule.route, route)), None)


def test_every_address_is_listed():
    unlisted = sorted({route for route in routes() if rule_of(route) is None})
    assert not unlisted, "say in RULES who may go there: " + ", ".join(unlisted)


def test_no_rule_is_left_over():
    known = list(routes())
    left = [rule.route for rule in RULES if not any(rule_of(route) is rule for route in known)]
    assert not left, left


class Ground(NamedTuple):
    """One consultation with a debate, a survey, a map, texts and decisions."""

    page: Page
    debate: Debate
    survey: Survey
    map: Map
    item: Item
    forwarded: Item
    decision: Decision
    batch: AccessBatch
    appeal: Appeal
    burst: Burst
    export: Export
    kiosk: Kiosk
    sheet: KeyedSheet


def make_ground(name: str, service: Service) -> Ground:
    debate, survey = DebateFactory(open=True, title=f"Débat {name}"), SurveyFactory(open=True, embed_on=ELSEWHERE)
    map = MapFactory(open=True)
    tools = [("debate", {"debate": debate.pk}), ("survey", {"survey": survey.pk}), ("map", {"map": map.pk})]
    body = [{"type": kind, "id": str(uuid.uuid4()), "value": value} for kind, value in tools]
    page = ConsultationPageFactory(open=True, title=f"Consultation {name}", body=body)
    debate = Debate.objects.get(pk=debate.pk)
    item = item_of(StatementFactory(debate=debate))
    forwarded = StatementFactory(debate=debate)
    moderate(forwarded, "forward", service=service)
    decision = moderate(ArgumentFactory(debate=debate), "refuse")
    batch = AccessBatch.objects.create(scope=debate.scope, title=name)
    refused = moderate(StatementFactory(debate=debate), "refuse")
    contested = voices.appeal(refused.item, "Ma phrase n’insulte personne.")
    now = timezone.now()
    burst = Burst.objects.create(tool=debate.tool, scope=debate.scope, rule="quick", since=now, until=now, size=3)
    export = Export.objects.create(survey=survey, kind="responses", format="csv")
    making.make(str(export.pk))
    compiled = compiled_live(Survey.objects.for_display().get(pk=survey.pk))
    sheet = keying.key_in(compiled, "paper", 1, {}, receipts.issue_token(compiled.key), None)
    return Ground(
        page,
        debate,
        survey,
        map,
        item,
        item_of(forwarded),
        decision,
        batch,
        contested,
        burst,
        export,
        KioskFactory(survey=survey),
        sheet,
    )


@pytest.fixture
def grounds():
    agents = member("Agents d’un autre service", name="guest")
    mine, theirs = Service.objects.create(name="Voirie"), Service.objects.create(name="Police")
    mine.group = agents.groups.get()
    mine.save()
    return {"own": make_ground("A", mine), "foreign": make_ground("B", theirs)}


@pytest.fixture
def people(grounds):
    """A signed-in browser for each role."""
    users = {
        "x": None,
        "e": member("Agents de communication", name="editor"),
        "m": moderator("mona", page=Page.objects.get(pk=grounds["own"].page.pk)),
        "a": member("Analystes", name="analyst"),
        "s": get_user_model().objects.get(username="guest"),
        "d": member("Administrateurs", "Agents de communication", name="boss"),
        "u": get_user_model().objects.create_superuser("root", "root@ville.example", "x"),
    }
    clients = {}
    for role, user in users.items():
        clients[role] = Client(raise_request_exception=False)
        if user:
            clients[role].force_login(user)
    return clients


def address(route: str, ground: Ground) -> str:
    """An address that `route` matches, about things of `ground`."""
    path = "/" + re.sub(r"[\^$]", "", route.replace(r"\.\.\.", "..."))
    about: dict[str, Any] = {"pk": ground.page.pk, "page_id": ground.page.pk}
    if "moderation" in route:
        about |= {"pk": ground.item.pk, "instance_pk": ground.decision.pk}
        if "forwarded" in route:
            about["pk"] = ground.forwarded.pk
        if "bursts" in route:
            about["ref"] = ground.burst.ref
        if "appeal/" in route:
            about["pk"] = ground.appeal.pk
    if "snippets" in route or "/surveys/" in route or "/debates/" in route or "/maps/" in route:
        found = {"debate": ground.debate, "map": ground.map}
        about["pk"] = next((tool.pk for name, tool in found.items() if name in route), ground.survey.pk)
    about = {"ref": ground.item.ref} | about
    about |= {"app_label": "moderation", "model_name": "item", "action": "publish_texts"}
    keys = {"debats": ground.debate.key, "cartes": ground.map.key}
    about["key"] = next((key for name, key in keys.items() if name in route), ground.survey.key)
    about |= {"argument_id": uuid.uuid4(), "place_id": getattr(ground, "place_id", uuid.uuid4())}
    about |= {"scope_id": ground.debate.scope_id, "batch_id": ground.batch.pk, "tag": ground.debate.scope.tag}
    about |= {"export_id": ground.export.pk, "kiosk_id": ground.kiosk.pk, "channel": "paper"}
    about["name"] = "qr.svg" if "poster" in route else short_name(ground.survey)
    if "keying/sheets" in route:
        about["pk"] = ground.sheet.pk
    about |= {"slug": "x", "action_name": "publish", "instance_pk": ground.decision.pk}

    def value(found: re.Match) -> str:
        kind, _colon, name = found[1].rpartition(":")
        return str(about.get(name, "1" if kind in ("int", "") else "x"))

    path = re.sub(r"\(\?P<(\w+)>(?:\[[^\]]*\]|\\d|[^()\[\]])*\)", lambda m: str(about.get(m[1], "1")), path)
    path = re.sub(r"<([^<>]+)>", value, path)
    path = re.sub(r"\(\(\?:.*", "", path).replace("(.*)", "x").replace("(\\d+)", "1").replace(".*", "x")
    if "admin/bulk" in route:
        path += f"?id={ground.item.pk}"
    return path.replace("\\", "")


# Some of Wagtail's own addresses fail when a POST says nothing, or are asked of things that they are not about.
WAGTAILS = re.compile(r"/admin/(?!moderation|access|surveys|debates|bulk)")


def gets_through(client: Client, method: str, path: str) -> bool:
    """Whether the visitor is let in. A fault on our side is a failure whoever asks."""
    with transaction.atomic():
        answer = getattr(client, method.lower())(path, **({"data": {}} if method == "POST" else {}))
        transaction.set_rollback(True)
    assert answer.status_code < 500 or WAGTAILS.match(path), (method, path)
    away = answer.status_code in (301, 302) and answer["Location"].split("?")[0] in ("/admin/login/", "/admin/")
    return not away and answer.status_code not in (403, 404, 405)


CHECKED = (
    r"admin/(?!api|choose|pages|images|documents|snippets|workflows|collections|redirects|sites|users|groups|reports)"
)


def _check(route: str, ground: str, grounds: dict, people: dict, wrong: list[str]) -> None:
    rule, path = rule_of(route), address(route, grounds[ground])
    for method, allowed in (("GET", rule.get), ("POST", rule.post)):
        if ground == "foreign" and rule.foreign is not None:
            allowed = "".join(role for role in allowed if role in rule.foreign)
        for role, client in people.items():
            through = gets_through(client, method, path)
            if through and role not in allowed:
                wrong.append(f"{role} gets through: {method} {ground} {path} ({route})")
            if rule.exact and not through and role in allowed:
                wrong.append(f"{role} is kept out: {method} {ground} {path} ({route})")


def test_nobody_goes_where_they_may_not(grounds, people):
    wrong: list[str] = []
    for route in sorted(set(routes())):
        rule = rule_of(route)
        if rule is None or (rule.get == ALL and rule.post == ALL):
            continue
        _check(route, "own", grounds, people, wrong)
        if "moderation" in route or "bulk" in route or "acces" in route:
            _check(route, "foreign", grounds, people, wrong)
    assert not wrong, "\n".join(wrong)


def test_public_addresses_never_fail_whatever_is_asked(grounds, people):
    for route in sorted(set(routes())):
        if (rule := rule_of(route)) and rule.get == ALL:
            for method in ("GET", "POST"):
                gets_through(people["x"], method, address(route, grounds["own"]))


def framed_by(client: Client, method: str, path: str) -> str:
    """Which pages may show this one in a frame, by the policy."""
    with transaction.atomic():
        answer = getattr(client, method)(path, **({"data": {}} if method == "post" else {}))
        transaction.set_rollback(True)
    said = re.search(r"frame-ancestors ([^;]*)", answer.headers.get("Content-Security-Policy", ""))
    return said[1] if said else ""


def test_no_page_is_framed_by_another_site_but_an_embedded_survey(grounds, people):
    wrong, framed = [], 0
    for route in sorted(set(routes())):
        path = address(route, grounds["own"])
        inside = path.startswith("/admin/")
        for method in ("get",) if inside else ("get", "post"):
            allowed = framed_by(people["u" if inside else "x"], method, path)
            if route.startswith("integrer/"):
                framed += allowed == ELSEWHERE
            elif allowed != ("'self'" if inside else "'none'"):
                wrong.append(f"{method} {path}: {allowed}")
    assert not wrong, "\n".join(wrong)
    assert framed >= 7
