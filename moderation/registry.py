"""Where citizens' texts lie: each engine registers its kinds of text here, and is asked to show them or not."""

from collections.abc import Collection
from typing import NamedTuple

from .signals.base import Message


class Text(NamedTuple):
    """One text as the desk shows it. `context` is what it answers, outermost first: (what that is, its words).

    `shown` is what may be seen of it now. `picture` is where a moderator sees the picture that the words are about.
    """

    shown: str
    context: tuple[tuple[str, str], ...] = ()
    url: str = ""
    picture: str = ""


class Refused(Exception):
    """The engine cannot do it; `message` says why, to a moderator or an author."""

    def __init__(self, message: str):
        super().__init__(message)
        self.message = message


class Source:
    """One kind of text. Subclasses know the engine's tables; ids are strings, as in `Item.object_id`.

    What changes something is called inside the transaction of the decision, with the item locked.
    """

    kind: str
    label: Message
    plural: Message
    may_merge = False

    def texts(self, ids: Collection[str]) -> dict[str, Text]:
        """The texts that are still there, in a constant number of queries."""
        raise NotImplementedError

    def show(self, id_: str) -> None:
        """Let everybody read it. Raises Refused."""
        raise NotImplementedError

    def hold(self, id_: str) -> None:
        """It waits: nobody reads it."""
        raise NotImplementedError

    def take_off(self, id_: str) -> None:
        """Nobody reads it, and what was built on it counts no more."""
        raise NotImplementedError

    def reword(self, id_: str, text: str) -> None:
        """Put other words in its place, redacted or corrected by the author. Raises Refused."""
        raise NotImplementedError

    def check(self, id_: str, text: str) -> str:
        """`text` tidied up, if its author may send it in the place of theirs. Raises Refused."""
        raise NotImplementedError

    def merge(self, id_: str, into: str) -> None:
        """Let `into` speak for both; each person's votes and supports count once. Raises Refused."""
        raise Refused("")

    def unmerge(self, id_: str, into: str) -> None:
        """Undo `merge`; what people changed since stays as they changed it."""
        raise NotImplementedError

    def find(self, public_id: str) -> str | None:
        """The id of the shown text that public addresses call `public_id`; None when nothing shown is called so."""
        raise NotImplementedError


sources: dict[str, Source] = {}


def register(source: Source) -> None:
    sources[source.kind] = source


def texts_of(places: Collection[tuple[str, str]]) -> dict[tuple[str, str], Text]:
    """The texts called (kind, id): one look-up a kind, however many."""
    found: dict[tuple[str, str], Text] = {}
    for kind, source in sources.items():
        ids = [id_ for named, id_ in places if named == kind]
        if ids:
            found |= {(kind, id_): text for id_, text in source.texts(ids).items()}
    return found
