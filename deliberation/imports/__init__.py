"""Debates held elsewhere: a folder with statements.csv and votes.csv becomes a published debate."""

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from django.utils.translation import gettext as _

from counting import fold
from counting.rejects import Lines, Rejects

from .. import wording
from ..cells import WORDS
from ..models import Debate
from .files import STATEMENT_COLUMNS, VOTE_COLUMNS, BadFiles, check, columns
from .reading import Vote, day, read_statements, read_votes
from .storing import Refused, Spool, Store, find_or_create

__all__ = ["BadFiles", "Outcome", "Refused", "import_debate"]

LONGEST_TITLE = 200
TOPIC = re.compile(r"^Topic:[ \t]*(\S.*?)[ \t]*(?:\(https?:.*|; language:.*)?$", re.MULTILINE)

STEP = 50_000  # votes between two tellings of how far it is

Progress = Callable[[str], None]


class Outcome(NamedTuple):
    """What an import did. `counts`: agree, disagree and pass in the file, the last vote of each pair."""

    debate: Debate
    found: bool  # it was there already
    statements: int
    added_people: int
    added_votes: int
    known_people: int
    counts: dict[str, int]
    replaced: int  # earlier votes of the same person on the same statement
    untimed: Lines
    rejects: dict[str, Rejects]
    ignored: dict[str, list[str]]  # columns, by file


def import_debate(folder: Path, title: str = "", progress: Progress | None = None) -> Outcome:
    """Store a debate from its two files; the same files again are the same debate, and what it lacks is added.

    Raises BadFiles and OSError when the files cannot be read, Refused when nothing of them can be stored.
    """
    if not folder.is_dir():
        message = _("%(path)s is no folder. A debate is a folder with statements.csv and votes.csv.")
        raise BadFiles(message % {"path": folder})
    said, cast = folder / "statements.csv", folder / "votes.csv"
    (_said_lines, said_digest), (cast_lines, cast_digest) = check(said), check(cast)
    ignored = {said.name: columns(said, STATEMENT_COLUMNS).ignored, cast.name: columns(cast, VOTE_COLUMNS).ignored}
    title, untimed = _title(folder, title), Lines()
    with Rejects(said, STATEMENT_COLUMNS) as bad_statements, Rejects(cast, VOTE_COLUMNS) as bad_votes:
        statements = read_statements(said, bad_statements)
        places = {line.ref: place for place, line in enumerate(statements)}
        votes = read_votes(cast, places, bad_votes, untimed)
        spool = Spool(_watched(votes, cast_lines, progress))
    with closing(spool):
        _refuse_unusable(bad_statements, len(statements))
        _refuse_unusable(bad_votes, spool.n)
        digest = hashlib.sha256(said_digest + cast_digest).hexdigest()
        debate, new = find_or_create(digest, title, statements)
        store = Store(debate, places, day)
        counts = _store(spool, store, progress)
    fold.fold(debate.tool_id)
    rejects = {said.name: bad_statements, cast.name: bad_votes}
    return Outcome(
        debate, not new, len(statements), store.people, store.votes, store.known, counts, spool.replaced, untimed,
        rejects, ignored,
    )  # fmt: skip


def _refuse_unusable(rejects: Rejects, good: int) -> None:
    """A file of which no row can be used is mended and imported anew: do not leave an empty debate behind."""
    if good or not rejects.lines.n:
        return
    line, reason = rejects.reasons[0]
    said = {"line": line, "reason": reason, "path": rejects.path}
    raise Refused(_("No row can be used. Line %(line)d: %(reason)s All are in %(path)s. Nothing is stored.") % said)


def _title(folder: Path, given: str) -> str:
    """The title asked for; else the topic told by the folder's README.md; else the folder's name. Raises BadFiles."""
    readme = folder / "README.md"
    if given:
        title = wording.tidy(given)
        if not title or len(title) > LONGEST_TITLE:
            raise BadFiles(_("--title: write 1 to %(max)d characters.") % {"max": LONGEST_TITLE})
        return title
    if readme.is_file():
        with readme.open(encoding="utf-8-sig", errors="replace") as source:
            if found := TOPIC.search(source.read(20_000)):
                return wording.tidy(found[1])[:LONGEST_TITLE]
    return wording.tidy(folder.resolve().name)[:LONGEST_TITLE] or _("Imported debate")


def _watched(votes: Iterator[Vote], total: int, progress: Progress | None) -> Iterator[Vote]:
    for n, vote in enumerate(votes):
        if progress and n % STEP == 0:
            progress(_("Reading: %(n)d of %(total)d") % {"n": n, "total": total})
        yield vote


def _store(spool: Spool, store: Store, progress: Progress | None) -> dict[str, int]:
    """Everybody with their votes; how many of these agree, disagree and pass."""
    counts, said = Counter[int](), 0
    for person in spool.people():
        counts.update([value for value, _time in person[1].values()])
        store.take(person)
        if progress and (done := counts.total()) >= said + STEP:
            said = done
            progress(_("Storing: %(n)d of %(total)d") % {"n": done, "total": spool.n})
    store.flush()
    return {word: counts[value] for value, word in zip((1, -1, 0), WORDS, strict=True)}
