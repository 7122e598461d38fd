"""What the site did and what came of it, on the rows of the impact matrix: for `/stats/` and `/stats.csv`.

Every figure is computed from what is stored, or said not to be measured yet; a share of too few is not given.
"""

from collections import Counter
from datetime import date, timedelta
from statistics import median
from typing import Any, NamedTuple

from django.core.cache import cache
from django.db.models import Count
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from consultations import clarity
from consultations.models import Commitment, ConsultationPage, OfficialAnswer
from consultations.phases import ANSWERED, Phase
from deliberation import results as debates
from maps import results as maps
from surveys import results as surveys

ENOUGH = 5  # below so many a share says nothing
LATELY = timedelta(days=30)
FRESH = 60  # seconds: what a flood of readers costs at the most
_KEY = "palabre:home:statistics"

# The rows of the matrix, in its order.
ROWS = {
    "usable": _("Usable"),
    "used": _("In use"),
    "useful": _("Useful"),
    "impact": _("Impact"),
    "efficient": _("Efficient"),
}


class Indicator(NamedTuple):
    """One figure. `name` is what it is called in the file, the same for ever, so that its values can be compared."""

    row: str
    name: str
    label: str | Promise
    told: str | Promise  # how it is computed, or why it is not
    value: float | None = None
    unit: str = "unité"
    counts: tuple[int, int] | None = None  # so many of so many, shown beside a share
    since: date | None = None  # where it is about a period

    @property
    def kind(self) -> str:
        return "impact" if self.row == "impact" else "usage"

    @property
    def is_too_few(self) -> bool:
        return self.value is None and self.counts is not None


def indicators() -> list[Indicator]:
    """All of them, in the order of the matrix; at most a minute old, in a constant number of queries."""
    return cache.get_or_set(_KEY, _read, FRESH)  # type: ignore[return-value]


def north_star(found: list[Indicator]) -> Indicator:
    return next(one for one in found if one.name == NORTH_STAR)


def _read() -> list[Indicator]:
    pages = list(ConsultationPage.objects.live().public().defer_streamfields())
    return [*_usable(), *_used(pages), *_useful(), *_impact(pages), *_efficient()]


def _usable() -> list[Indicator]:
    told = _("Not measured yet: nobody is asked whether it was easy.")
    return [Indicator("usable", "facilité d’usage", _("How easy it was"), told, unit="note sur 5")]


def _used(pages: list[ConsultationPage]) -> list[Indicator]:
    phases = Counter(page.phase() for page in pages)
    awaiting, answered = phases[Phase.CLOSED] + phases[Phase.LATE], sum(phases[phase] for phase in ANSWERED)
    everywhere = _("Online now.")
    found = [
        _count("consultations en ligne", _("Consultations"), len(pages), everywhere),
        _count("consultations ouvertes", _("open"), phases[Phase.OPEN], everywhere),
        _count("consultations en attente de réponse", _("waiting for our answer"), awaiting, everywhere),
        _count("consultations avec réponse", _("answered"), answered, everywhere),
    ]
    counted = _("Counted since the beginning, without what is set aside.")
    responses, channels = surveys.responses_by_channel()
    found.append(_count("réponses reçues", _("Responses"), responses, counted))
    found += [_count(f"réponses reçues : {FILED[c]}", LABELS[c], n, BY_CHANNEL) for c, n in channels.items()]
    people, votes = debates.totals()
    found.append(_count("personnes dans les débats", _("People in debates"), people, counted))
    found.append(_count("votes dans les débats", _("Votes in debates"), votes, counted))
    found.append(_count("lieux sur les cartes", _("Places on maps"), maps.places_shown(), _("Shown on maps now.")))
    found += [_lately(pages), _penetration()]
    return found


# What the channels of responses are called in the file and on the page.
FILED = {
    "web": "en ligne",
    "paper": "papier",
    "field": "terrain",
    "phone": "téléphone",
    "import": "import",
}
BY_CHANNEL = _(
    "Counted likewise, but for channels by which too few people answered a survey: they are hidden there, too."
)
LABELS = {"web": _("web"), "paper": _("paper"), "field": _("field"), "phone": _("phone"), "import": _("import")}


def _count(name: str, label: Any, value: int, told: Any) -> Indicator:
    return Indicator("used", name, label, told, float(value))


def _lately(pages: list[ConsultationPage]) -> Indicator:
    since = timezone.localdate() - LATELY
    scopes = [page.scope_id for page in pages]
    n = sum(row[-1] for row in surveys.took_part_by_day(scopes, since))
    told = _("In these consultations, in the last thirty days.")
    return _count("réponses des 30 derniers jours", _("Responses lately"), n, told)._replace(since=since)


def _penetration() -> Indicator:
    told = _("Not measured yet: the number of inhabitants of each consultation is not known here.")
    return Indicator("used", "part des habitants qui répondent", _("Share of inhabitants who answer"), told, unit="%")


def _useful() -> list[Indicator]:
    """Readers say of each answer whether it is clear; of a few of them nothing is said."""
    name, label, ratio = "réponses jugées claires", _("Answers found clear"), clarity.overall()
    if ratio is None:
        told = _("Not measured yet: too few readers said whether an answer is clear.")
        return [Indicator("useful", name, label, told, unit="%")]
    told = _("Of all who said whether one of our answers is clear.")
    value = round(100 * ratio.clear / ratio.said, 1)
    return [Indicator("useful", name, label, told, value, "%", (ratio.clear, ratio.said))]


NORTH_STAR = "consultations avec réponse motivée à la date promise"


def _impact(pages: list[ConsultationPage]) -> list[Indicator]:
    return [_in_time(pages), _late(pages), _delay(pages), *_answers(), _acts(pages), *_commitments()]


def _share(name: str, label: Any, told: Any, n: int, of: int) -> Indicator:
    """`n` of `of`, and their share where there are enough."""
    value = round(100 * n / of, 1) if of >= ENOUGH else None
    return Indicator("impact", name, label, told, value, "%", (n, of))


def _in_time(pages: list[ConsultationPage]) -> Indicator:
    """Of the consultations whose day is over or whose answer is there, how many were answered by that day."""
    due = [p for p in pages if p.answer_due and (p.is_answered or p.answer_due < p.today())]
    in_time = [p for p in due if p.answered_on and p.answered_on <= p.answer_due]
    told = _(
        "Of the closed consultations whose promised day is over or that are answered: those where every theme had a "
        "published answer with its reason by that day."
    )
    return _share(NORTH_STAR, _("Answers published by the promised day"), told, len(in_time), len(due))


def _late(pages: list[ConsultationPage]) -> Indicator:
    n = sum(page.phase() is Phase.LATE for page in pages)
    told = _("The promised day is over and the answer is not there.")
    return Indicator("impact", "consultations en retard de réponse", _("Answers late today"), told, float(n))


def _delay(pages: list[ConsultationPage]) -> Indicator:
    days = [(p.answered_on - p.closing_day).days for p in pages if p.is_answered and p.closing_day and p.answered_on]
    label, told = _("Days from closing to answer"), _("Half of the answered consultations waited less.")
    value = float(median(days)) if days else None
    if value is None:
        told = _("Not measured yet: no consultation is answered.")
    return Indicator("impact", "délai médian entre clôture et réponse", label, told, value, "jour")


def _answers() -> list[Indicator]:
    rows = OfficialAnswer.objects.of_themes().filter(live=True, theme__page__live=True).order_by()
    by_status = dict(rows.values_list("status").annotate(n=Count("pk")))
    of = sum(by_status.values())
    retained = by_status.get("retained", 0) + by_status.get("partly", 0)
    told = _("Of all themes with a published answer: retained, or retained in part.")
    return [
        Indicator(
            "impact", "thèmes avec réponse motivée", _("Themes with a reasoned answer"), _("Published."), float(of)
        ),
        _share("thèmes retenus ou retenus en partie", _("Themes retained, or in part"), told, retained, of),
    ]


def _acts(pages: list[ConsultationPage]) -> Indicator:
    decided = [page for page in pages if page.decided_on]
    with_act = [page for page in decided if page.act_number]
    told = _("Of the consultations whose decision is taken: those that name the deliberation.")
    return _share("décisions avec délibération citée", _("Decisions with their act"), told, len(with_act), len(decided))


def _commitments() -> list[Indicator]:
    standing = Commitment.objects.filter(page__live=True).order_by()
    by_status = dict(standing.values_list("status").annotate(n=Count("pk")))
    of, done = sum(by_status.values()), by_status.get("done", 0)
    late = standing.filter(status__in=Commitment.STANDING, due__lt=timezone.localdate()).count()
    told = _("Of all that was promised to be done.")
    label = _("Commitments late today")
    return [
        _share("engagements tenus", _("Commitments done"), told, done, of),
        Indicator("impact", "engagements en retard", label, _("Their day is over."), float(late)),
    ]


def _efficient() -> list[Indicator]:
    told = _("Not measured yet: hours and costs are not declared here.")
    return [Indicator("efficient", "coût par réponse", _("Cost of a response"), told, unit="€")]


COLUMNS = [
    "administration_rattachement",
    "nom_service_public_numerique",
    "indicateur",
    "valeur",
    "unite_mesure",
    "est_cible",
    "type_indicateur",
    "frequence_monitoring",
    "date",
    "est_periode",
    "date_debut",
    "est_automatise",
    "source_collecte",
    "denom_insee",
    "code_insee",
    "dataviz_wish",
    "commentaires",
]


def impact_rows(found: list[Indicator], authority: str) -> list[list[Any]]:
    """Rows in the columns of the schema etalab/schema-impact-service-public-numerique 0.5.0; measured figures only.

    A share of too few is given as its counts.
    """
    rows = []
    for one in found:
        if one.counts:
            rows.append(_row(authority, f"{one.name} : nombre", float(one.counts[0]), "unité", one))
            rows.append(_row(authority, f"{one.name} : sur", float(one.counts[1]), "unité", one))
        if one.value is not None:
            rows.append(_row(authority, one.name, one.value, one.unit, one))
    return [COLUMNS, *rows]


def _row(authority: str, name: str, value: float, unit: str, one: Indicator) -> list[Any]:
    today = timezone.localdate().isoformat()
    is_period = "true" if one.since else "false"
    number = int(value) if value == int(value) else value
    row = [authority, "Palabre", name, number, unit, "false", one.kind, "mensuelle", today, is_period]
    return [*row, one.since.isoformat() if one.since else "", "true", "script", "", "", "", str(one.told)]
