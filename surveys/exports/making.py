"""Making the file that somebody asked for: a job that may run twice, late, or be taken up by another worker.

ask    note what is wanted, and wake a worker
make   the job: write the file, say how far it is
tend   what the scheduler does: wake a worker again for what is left lying, and throw away what has expired

The row says where it stands, so a messenger that loses the job loses nothing. Files lie in `EXPORTS_ROOT`, which no
address serves; each carries the id of its row and is put in place whole.
"""

import logging
import os
import uuid
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from counting.jobs import enqueue_once
from counting.models import Tally
from counting.spreadsheets import quoted
from counting.workbooks import MOST_ROWS, Sheet, write_ods, write_xlsx, write_zip

from ..forms import compiled_live
from ..models import Export, Survey
from ..questions import Schema
from ..results import are_public, published
from . import open_data, responses
from .dictionary import Dictionary, dictionary
from .figures import results_rows
from .open_data import Refused
from .responses import Words

log = logging.getLogger(__name__)

KEPT = timedelta(days=7)
LOST = timedelta(minutes=2)  # without a sign of life for so long, another worker takes over
EVERY = 5000  # rows between two signs of life
TIMEOUT = 3600
SUFFIX = {Export.Format.CSV: "zip", Export.Format.XLSX: "xlsx", Export.Format.ODS: "ods"}


def ask(survey: Survey, kind: str, format_: str, user: Any, words: bool = False, chosen: Any = None) -> Export:
    """The export asked for: a new one, or the same if this person waits for it already."""
    wanted = {"survey": survey, "kind": kind, "format": format_, "words": words, "chosen": chosen or {}}
    waiting = Export.objects.filter(asked_by=user, state__in=[Export.State.WAITING, Export.State.RUNNING], **wanted)
    export = waiting.first() or Export.objects.create(asked_by=user, **wanted)
    transaction.on_commit(lambda: _wake(export), robust=True)
    return export


def _wake(export: Export) -> None:
    flag = f"palabre:export:{export.pk}"
    enqueue_once("surveys.exports.making.make", flag, str(export.pk), queue="low", timeout=TIMEOUT)


def tend() -> int:
    """Duty of the scheduler: wakes a worker for what lies about, throws away what has expired; how much it found."""
    now = timezone.now()
    lying = Q(state=Export.State.WAITING, asked_at__lt=now - timedelta(seconds=20))
    lying |= Q(state=Export.State.RUNNING, beat_at__lt=now - LOST)
    found = list(Export.objects.filter(lying))
    for export in found:
        _wake(export)
    gone, _by_model = Export.objects.filter(Q(expires_at__lt=now) | Q(asked_at__lt=now - 2 * KEPT)).delete()
    return len(found) + gone + _sweep_files()


def _sweep_files() -> int:
    """Throw away the files that no row stands for any more."""
    root = Path(settings.EXPORTS_ROOT)
    found = [path for path in root.glob("*") if path.is_file()] if root.exists() else []
    if not found:
        return 0
    kept = {str(pk) for pk in Export.objects.values_list("pk", flat=True)}
    gone = [path for path in found if path.name[:36] not in kept]
    for path in gone:
        path.unlink(missing_ok=True)
    return len(gone)


def file_of(export: Export) -> Path:
    return Path(settings.EXPORTS_ROOT) / f"{export.pk}.{SUFFIX[Export.Format(export.format)]}"


def name_of(export: Export) -> str:
    """What the file is called where it is saved."""
    what = {"responses": "reponses", "figures": "resultats", "open": "donnees-ouvertes"}[export.kind]
    return f"{what}-{export.survey.key}-{export.asked_at.date().isoformat()}.{SUFFIX[Export.Format(export.format)]}"


def make(export_id: str) -> str:
    """Job: make one file, unless another worker is at it; the state it is in then."""
    export = _claim(export_id)
    if export is None:
        return ""
    try:
        with translation.override(settings.LANGUAGE_CODE):
            _write(export)
    except Refused as refused:
        _end(export, Export.State.REFUSED, reason=str(refused))
    except Exception as error:
        log.exception("export not made")
        _end(export, Export.State.FAILED, reason=type(error).__name__)
        raise
    return export.state


def _claim(export_id: str) -> Export | None:
    """The export, now ours. Should two workers come to write it all the same, each writes a file of its own."""
    now = timezone.now()
    free = Q(state=Export.State.WAITING) | Q(state=Export.State.RUNNING, beat_at__lt=now - LOST)
    claimed = Export.objects.filter(free, pk=export_id).update(state=Export.State.RUNNING, beat_at=now, done=0)
    return Export.objects.select_related("survey__scope", "survey__tool").get(pk=export_id) if claimed else None


def _end(export: Export, state: Any, **told: Any) -> None:
    export.state = state
    values = {"state": state, "expires_at": timezone.now() + KEPT, **told}
    Export.objects.filter(pk=export.pk).update(**values)


def _write(export: Export) -> None:
    target = file_of(export)
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = target.with_name(f"{export.pk}.{uuid.uuid4().hex}.part")
    try:
        write_file(export.survey, export, part, lambda done: _beat(export, done))
        size = part.stat().st_size
        os.replace(part, target)
    finally:
        part.unlink(missing_ok=True)
    _end(export, Export.State.DONE, size=size, reason="")


def _beat(export: Export, done: int) -> None:
    Export.objects.filter(pk=export.pk).update(done=done, beat_at=timezone.now())


def write_file(survey: Survey, wanted: Export, path: Path, tell: Callable[[int], None]) -> None:
    """Write what is `wanted` of `survey` to `path`. Raises Refused."""
    if survey.live_version_id is None:
        raise Refused(_("This survey was never published: there is nothing to export."))
    if wanted.kind == Export.Kind.FIGURES:
        sheet, told = _figures(survey)
    else:
        total = responses.count(survey)
        if wanted.format != Export.Format.CSV and total >= MOST_ROWS:
            raise Refused(_("A spreadsheet holds %(n)d rows at most: choose CSV files.") % {"n": MOST_ROWS})
        if wanted.pk:
            Export.objects.filter(pk=wanted.pk).update(total=total)
        sheet, told = (_responses if wanted.kind == Export.Kind.RESPONSES else _open)(survey, wanted)
    sheet = sheet._replace(rows=_counted(sheet.rows, tell))
    if wanted.format == Export.Format.CSV:
        write_zip(path, [sheet, *told.sheets()], {"dictionnaire.json": told.as_json()})
    elif wanted.format == Export.Format.XLSX:
        write_xlsx(path, [sheet, *told.sheets()])
    else:
        write_ods(path, [sheet, *told.sheets()])


def _counted(rows: Any, tell: Callable[[int], None]) -> Iterator[Sequence[Any]]:
    for n, row in enumerate(rows):
        if n % EVERY == 0:
            tell(n)
        yield row


def _responses(survey: Survey, wanted: Export) -> tuple[Sheet, Dictionary]:
    questions = compiled_live(survey).all_questions
    words = Words.ALL if wanted.words else Words.PUBLISHED
    rows = responses.rows(survey, questions, *_writing(wanted, words))
    return Sheet(_("Responses"), "reponses", rows, is_safe=True), dictionary(survey, questions, tallies(survey))


def _open(survey: Survey, wanted: Export) -> tuple[Sheet, Dictionary]:
    questions = [q for q in compiled_live(survey).all_questions if q["id"] in wanted.chosen.get("questions", ())]
    write, _words, numbers = _writing(wanted, Words.NONE)
    rows = open_data.rows(survey, questions, wanted.chosen.get("traits", ()), write, numbers)
    questions = [q for q in questions if open_data.may_be_chosen(q)]
    told = dictionary(survey, questions, None, with_head=False)
    return Sheet(_("Responses"), "reponses", rows, is_safe=True), told


def _writing(wanted: Export, words: Words) -> tuple[Callable[[str], str], Words, bool]:
    """How cells are written: quoted in CSV; in a workbook every text is safe, and numbers are numbers."""
    return (quoted, words, False) if wanted.format == Export.Format.CSV else (str, words, True)


def _figures(survey: Survey) -> tuple[Sheet, Dictionary]:
    if not are_public(survey):
        raise Refused(_("These figures are not public: see when the survey shows its results."))
    questions: list[Schema] = compiled_live(survey).all_questions
    told = dictionary(survey, questions, None, with_head=False)
    return Sheet(_("Results"), "resultats", results_rows(published(survey))), told


def tallies(survey: Survey) -> dict[str, int]:
    """What is counted so far, by cell name."""
    return dict(Tally.objects.filter(tool_id=survey.tool_id).exclude(n=0).values_list("name", "n"))
