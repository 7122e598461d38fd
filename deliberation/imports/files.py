"""The two files of a debate: are they text, and where do their columns stand?"""

import codecs
import csv
import hashlib
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import NamedTuple, TextIO

from django.utils.translation import gettext as _

STATEMENT_COLUMNS = ("statement_id", "text", "moderated", "created")
VOTE_COLUMNS = ("participant_id", "statement_id", "vote", "timestamp")
LONGEST_LINE = 200_000


class BadFiles(ValueError):
    """The files cannot be read as a debate; the message says why and the way out."""


def check(path: Path) -> tuple[int, bytes]:
    """(number of lines, SHA-256) of a file that is text in UTF-8. Raises BadFiles, and OSError."""
    if not path.is_file():
        raise BadFiles(_("There is no file %(path)s.") % {"path": path})
    lines, digest, decoder = 0, hashlib.sha256(), codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as source:
        try:
            for block in chain(iter(lambda: source.read(1 << 20), b""), [b""]):
                decoder.decode(block, final=not block)
                digest.update(block)
                lines += block.count(b"\n")
        except UnicodeDecodeError as error:
            line = lines + error.object.count(b"\n", 0, error.start) + 1
            message = _("%(file)s, line %(line)d, is not in UTF-8. Save the file again as “CSV UTF-8”.")
            raise BadFiles(message % {"file": path.name, "line": line}) from None
    return lines, digest.digest()


class Columns(NamedTuple):
    """`places`: where the wanted columns stand. `ignored`: the titles of the others."""

    places: list[int]
    ignored: list[str]
    width: int


def columns(path: Path, wanted: tuple[str, ...]) -> Columns:
    """Find the wanted columns by the first line of the file. Raises BadFiles."""
    with open_text(path) as source:
        first = source.readline(LONGEST_LINE)
    titles = _titles(first, ",")
    known = {"file": path.name, "wanted": ",".join(wanted), "found": first.strip()[:200]}
    if not any(titles):
        raise BadFiles(_("%(file)s, line 1: the titles of the columns are missing: %(wanted)s") % known)
    if twice := [title for title in wanted if titles.count(title) > 1]:
        raise BadFiles(_("%(file)s, line 1: the column %(title)s stands there twice.") % {**known, "title": twice[0]})
    if all(title in titles for title in wanted):
        others = [title[:60] for title in titles if title and title not in wanted]
        return Columns([titles.index(title) for title in wanted], others, len(titles))
    for other in ";\t|":
        if all(title in _titles(first, other) for title in wanted):
            said = {**known, "other": "tab" if other == "\t" else other}
            message = _("%(file)s, line 1: the columns are set apart by “%(other)s”. Save the file again with commas.")
            raise BadFiles(message % said)
    raise BadFiles(_("%(file)s, line 1: write the columns %(wanted)s instead of: %(found)s") % known)


def _titles(line: str, separator: str) -> list[str]:
    try:
        return [title.strip().lower() for title in next(csv.reader([line], delimiter=separator), [])]
    except csv.Error:
        return []


def open_text(path: Path) -> TextIO:
    return path.open(encoding="utf-8-sig")


def lines(source: TextIO) -> Iterator[str]:
    """The lines of a file; of one that is far too long only the beginning, so that it does not fill the memory."""
    while text := source.readline(LONGEST_LINE):
        yield text
        while text and not text.endswith("\n"):
            text = source.readline(LONGEST_LINE)
