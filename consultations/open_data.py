"""What everybody may have of a consultation, as a folder: CSV files and the datapackage.json that says what they are.

Only published figures are in it, small ones hidden; what people sent one by one is for the exports of each survey.
Each kind of tool adds its files through `PARTS`.
"""

import json
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from django.utils.text import slugify

from counting.spreadsheets import write_csv
from deliberation import results as debate_results
from deliberation import rules
from deliberation.models import Debate
from deliberation.views.results import csv_rows
from surveys import results as survey_results
from surveys.cells import CHANNELS
from surveys.exports import results_rows
from surveys.exports.dictionary import dictionary
from surveys.forms import compiled_live
from surveys.models import Survey

from .models import ConsultationPage

LICENCE = {
    "name": "etalab-2.0",
    "title": "Licence Ouverte 2.0",
    "path": "https://www.etalab.gouv.fr/licence-ouverte-open-licence/",
}


class Resource(NamedTuple):
    """One file: where it lies in the folder, what it is, its rows, the titles first."""

    path: str
    title: str
    rows: Iterable[Sequence[Any]]


def _consultation(page: ConsultationPage) -> Iterator[Resource]:
    titles = ["id", "title", "opens_at", "closes_at", "decision", "decided_by", "answer_due", "address"]
    titles += ["responses", *(f"responses_{channel}" for channel in CHANNELS)]
    row = [page.slug, page.title, page.opens_at, page.closes_at, page.decision, page.decided_by, page.answer_due]
    cells = [value.isoformat() if hasattr(value, "isoformat") else value for value in row]
    yield Resource("consultation.csv", page.title, [titles, [*cells, page.full_url, *_responses(page)]])


def _responses(page: ConsultationPage) -> list[Any]:
    """Responses to the surveys whose figures are public, in all and by channel: no more than these figures say, so
    what one of them hides is empty here.
    """
    found = [survey_results.published(survey) for survey in _public_surveys(page)]
    by_channel = zip(*([told["count"] for told in figures["channels"]] for figures in found), strict=True)
    totals = ["" if None in counts else sum(counts) for counts in by_channel] or [0] * len(CHANNELS)
    return [sum(figures["counted_responses"] for figures in found), *totals]


def _public_surveys(page: ConsultationPage) -> Iterator[Survey]:
    of_page = Survey.objects.for_display().filter(scope_id=page.scope_id, live_version__isnull=False)
    return (survey for survey in of_page if survey_results.are_public(survey))


def _surveys(page: ConsultationPage) -> Iterator[Resource]:
    for survey in _public_surveys(page):
        folder, questions = f"enquetes/{survey.key}", compiled_live(survey).all_questions
        yield Resource(f"{folder}/resultats.csv", survey.title, results_rows(survey_results.published(survey)))
        told = dictionary(survey, questions, None, with_head=False)
        yield Resource(f"{folder}/questions.csv", survey.title, told.columns)
        yield Resource(f"{folder}/modalites.csv", survey.title, told.items)


def _debates(page: ConsultationPage) -> Iterator[Resource]:
    for debate in Debate.objects.for_display().filter(scope_id=page.scope_id):
        if rules.see_results(debate):
            rows = csv_rows(debate_results.published(debate))
            yield Resource(f"debats/{debate.key}/resultats.csv", debate.title, rows)


PARTS: list[Callable[[ConsultationPage], Iterator[Resource]]] = [_consultation, _surveys, _debates]


def export(page: ConsultationPage, folder: Path) -> list[str]:
    """Write the package of `page` into `folder`, each file whole or not at all; the paths written. Raises OSError."""
    described = [_write(resource, folder) for part in PARTS for resource in part(page)]
    package = {
        "profile": "tabular-data-package",
        "name": page.slug,
        "title": page.title,
        "licenses": [LICENCE],
        "resources": described,
    }
    _put(folder / "datapackage.json", lambda target: json.dump(package, target, ensure_ascii=False, indent=1))
    return [*(resource["path"] for resource in described), "datapackage.json"]


def _write(resource: Resource, folder: Path) -> dict[str, Any]:
    rows = iter(resource.rows)
    titles = next(rows)

    def write(target: Any) -> None:
        write_csv(target, _chained(titles, rows))

    _put(folder / resource.path, write)
    return {
        "name": slugify(resource.path.removesuffix(".csv").replace("/", "-")),
        "path": resource.path,
        "title": resource.title,
        "profile": "tabular-data-resource",
        "format": "csv",
        "encoding": "utf-8",
        "schema": {"fields": [{"name": title, "type": "any"} for title in titles]},
    }


def _chained(titles: Sequence[Any], rows: Iterable[Sequence[Any]]) -> Iterator[Sequence[Any]]:
    yield titles
    yield from rows


def _put(path: Path, write: Callable[[Any], object]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    try:
        with part.open("w", encoding="utf-8", newline="") as target:
            write(target)
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)
