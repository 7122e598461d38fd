"""Where citizens' texts lie: each engine registers its kinds of text here, and is asked to show them or not."""

from collections.abc import Collection
from typing import Any, NamedTuple

from django.db.models import CharField, F, Func, QuerySet, UUIDField

from .models import Item
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


class IdText(Func):
    """`str(pk)` in SQL: what `Item.object_id` holds. SQLite keeps UUIDs without their dashes."""

    template = "CAST(%(expressions)s AS varchar)"
    output_field = CharField()

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        if isinstance(self.source_expressions[0].output_field, UUIDField):
            parts = [f"substr(%(expressions)s, {at}, {n})" for at, n in ((1, 8), (9, 4), (13, 4), (17, 4), (21, 12))]
            extra["template"] = "(" + " || '-' || ".join(parts) + ")"
        return super().as_sql(compiler, connection, **extra)


def named(rows: QuerySet) -> QuerySet:
    """The ids of `rows` as the registry names them, ready to stand inside another query."""
    return rows.order_by().annotate(name=IdText(F("pk"))).values_list("name", flat=True)


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

    def counted(self, scope_id: int, words: str = "") -> QuerySet:
        """The ids of what counts in a scope: neither waiting, refused, set aside nor taken back; with `words` in it,
        where this kind can be searched.
        """
        published = Item.objects.filter(kind=self.kind, scope=scope_id, state=Item.State.PUBLISHED)
        return published.values_list("object_id", flat=True)

    def readable(self, scope_id: int) -> QuerySet:
        """Of these, what everybody may read."""
        published = Item.objects.filter(kind=self.kind, scope=scope_id, state=Item.State.PUBLISHED, public=True)
        return published.values_list("object_id", flat=True)

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
