"""What the site did, in figures: for `/stats/` and `/stats.csv`."""

from typing import Any

from django.utils import timezone

from consultations.models import ConsultationPage
from consultations.phases import ANSWERED, Phase
from deliberation import results as debates
from surveys.results import responses_by_channel


def figures() -> dict[str, Any]:
    """Consultations by phase, answers in time, responses by channel; a constant number of queries."""
    today = timezone.localdate()
    pages = list(ConsultationPage.objects.live().public().defer_streamfields())
    phases = [page.phase() for page in pages]
    due = [p for p in pages if p.answer_due and (p.answered_on or p.answer_due < today)]
    in_time = [p for p in due if p.answered_on and p.answered_on <= p.answer_due]
    channels = responses_by_channel()
    voters, votes = debates.totals()
    return {
        "consultations": len(pages),
        "open": phases.count(Phase.OPEN),
        "awaiting": phases.count(Phase.CLOSED) + phases.count(Phase.LATE),
        "late": phases.count(Phase.LATE),
        "answered": sum(phase in ANSWERED for phase in phases),
        "due": len(due),
        "in_time": len(in_time),
        "in_time_share": round(100 * len(in_time) / len(due)) if due else None,
        "responses": sum(channels.values()),
        "channels": channels,
        "voters": voters,
        "votes": votes,
    }


def impact_rows(figures: dict[str, Any], authority: str) -> list[list[Any]]:
    """Rows in the columns of the schema etalab/schema-impact-service-public-numerique 0.5.0."""
    today = timezone.localdate().isoformat()
    head = ["administration_rattachement", "nom_service_public_numerique", "indicateur", "valeur", "unite_mesure"]
    head += ["est_cible", "type_indicateur", "frequence_monitoring", "date", "est_periode"]
    rows = [
        ("consultations ouvertes", figures["open"], "consultation", "usage"),
        ("réponses reçues", figures["responses"], "réponse", "usage"),
        ("personnes dans les débats", figures["voters"], "personne", "usage"),
        ("votes dans les débats", figures["votes"], "vote", "usage"),
        ("consultations avec réponse motivée à la date promise", figures["in_time_share"], "%", "impact"),
        ("consultations avec réponse", figures["answered"], "consultation", "impact"),
    ]
    return [head] + [
        [authority, "Palabre", name, value, unit, "false", kind, "mensuelle", today, "false"]
        for name, value, unit, kind in rows
        if value is not None
    ]
