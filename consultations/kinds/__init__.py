"""The kinds of process an agent may start from: one JSON file each, in this folder (see docs/how-to/add-a-kind.md)."""

import json
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

FOLDER = Path(__file__).parent
# Fields of the page that a kind proposes words for, and those of them that only the authority knows.
PROPOSED = ("summary", "decision", "can_change", "fixed", "decided_by", "elsewhere")
LOCAL = ("decision", "can_change", "fixed", "elsewhere")


class Kind(NamedTuple):
    """One file: what the agent chooses by, the words proposed for the page, and what people take part in."""

    slug: str
    order: int
    icon: str
    name: str
    about: str
    example: str  # a good title
    weeks: int  # for which it stays open
    themes: list[str]
    intro: str
    faq: list[list[str]]
    summary: str
    decision: str
    can_change: str
    fixed: str
    decided_by: str
    elsewhere: str
    survey: dict[str, Any] | None = None  # as docs/survey.schema.json says, without its title
    debate: dict[str, Any] | None = None  # {"introduction", "statements"}

    @property
    def proposed(self) -> dict[str, str]:
        """What the form is filled in with; the agent puts their own words in its place."""
        return {name: getattr(self, name) for name in PROPOSED}


@cache
def all_kinds() -> dict[str, Kind]:
    """Every kind by its slug, in the order in which they are offered; read once a process."""
    found = [Kind(slug=path.stem, **json.loads(path.read_text("utf-8"))) for path in FOLDER.glob("*.json")]
    return {kind.slug: kind for kind in sorted(found, key=lambda kind: kind.order)}


def is_as_proposed(field: str, text: str) -> bool:
    """Is `text` what a kind proposes for this field, word for word?"""
    return any(getattr(kind, field) == text.strip() for kind in all_kinds().values())
