"""Letter codes on paper: labels to print with a QR code each, or rows for the mailing house; made as they are sent."""

import csv
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe

from . import letters, qr

MOST_LABELS = 5_000  # a page with more of them is too much for a browser to print


class Letter(NamedTuple):
    """What stands on every letter beside its code: `address` is where it leads, `until` the last day."""

    title: str
    address: str
    until: object

    @property
    def shown(self) -> str:
        """The address as people type it."""
        return self.address.partition("://")[2].rstrip("/")


def leads_to(address: str, code: str) -> str:
    """What the QR code says: the page with the code filled in. Opening it uses nothing up."""
    return f"{address}?c={letters.show(code)}"


# They stand in the label, drawn once, where each letter differs; they cannot occur in text, which is escaped.
_CODE, _QR = "<code>", "<qr>"


def labels(request: HttpRequest, letter: Letter, codes: Iterable[list[str]]) -> Iterator[str]:
    """The page to print, piece by piece: whatever its length, it never stands in memory as a whole."""
    told = {"letter": letter, "code": mark_safe(_CODE), "qr": mark_safe(_QR)}  # noqa: S308 - ours
    head, label, foot = (
        render_to_string(f"participation/admin/sheet_{part}.html", told, request) for part in ("head", "label", "foot")
    )
    yield head
    for some in codes:
        yield "".join(
            label.replace(_CODE, letters.show(code)).replace(_QR, qr.svg(leads_to(letter.address, code)))
            for code in some
        )
    yield foot


class _Line:
    """What a csv writer writes to: it hands the line back."""

    def write(self, line: str) -> str:
        return line


def rows(letter: Letter, codes: Iterable[list[str]]) -> Iterator[str]:
    """The same as CSV. Nothing in it was typed by anybody: no cell can be a formula."""
    writer = csv.writer(_Line())
    until = letter.until.isoformat() if letter.until else ""  # type: ignore[attr-defined]
    yield "\ufeff" + writer.writerow(["code", "address", "address_with_code", "until"])
    for some in codes:
        lines = ([letters.show(c), letter.address, leads_to(letter.address, c), until] for c in some)
        yield "".join(writer.writerow(line) for line in lines)
