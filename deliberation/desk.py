"""The texts of citizens that a moderator has to read, and deciding on them once, until moderation has its own room."""

import re
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .models import Argument, Statement
from .statements import Text

MANY_WAITING = 100  # no need to count further in a menu
_UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
# What was withdrawn or closed is not a moderator's to decide on.
_SEEN = re.compile(rf"(statement:\d{{1,15}}|argument:{_UUID}):(pending|published|refused):([01])")

KINDS: dict[str, type[Text]] = {"statement": Statement, "argument": Argument}
STATES = {
    "waiting": gettext_lazy("Waiting"),
    "to_reread": gettext_lazy("Shown, to re-read"),
    "refused": gettext_lazy("Refused"),
    "published": gettext_lazy("Published"),
}


def texts_in(kind: str, state: str = "") -> QuerySet[Any]:
    """Texts of citizens of one kind in one of `STATES`; without a state, all that a moderator has still to read.

    What agents wrote is edited in the debate, and what they imported was read before.
    """
    shown, unread = Q(status="published"), Q(read=False)
    texts = KINDS[kind].objects.all()
    if kind == "statement":
        texts, unread = texts.exclude(origin=Statement.Origin.SEED), unread & ~Q(origin=Statement.Origin.IMPORT)
    found = {"waiting": Q(status="pending"), "to_reread": shown & unread, "refused": Q(status="refused")}
    return texts.filter({**found, "published": shown, "": found["waiting"] | found["to_reread"]}[state])


def kinds_for(user: Any) -> list[str]:
    """What kinds of texts `user` may decide on."""
    return [kind for kind in KINDS if user.has_perm(f"deliberation.change_{kind}")]


def to_read(kinds: Iterable[str]) -> int:
    """How many texts wait for a moderator; costs little however many there are, for every admin page asks."""
    return min(sum(texts_in(kind)[:MANY_WAITING].count() for kind in kinds), MANY_WAITING)


class Seen(NamedTuple):
    """A text as it stood on the moderator's screen."""

    kind: str
    pk: str
    status: str
    read: bool

    def __str__(self) -> str:
        return f"{self.kind}:{self.pk}:{self.status}:{int(self.read)}"

    @classmethod
    def of(cls, text: Text) -> "Seen":
        return cls(text._meta.model_name or "", str(text.pk), text.status, text.read)

    @classmethod
    def parse(cls, values: Iterable[str]) -> list["Seen"]:
        """Those of `values` that can be read; none is anything a query would choke on."""
        found = filter(None, map(_SEEN.fullmatch, dict.fromkeys(values)))
        return [cls(*m[1].split(":"), m[2], m[3] == "1") for m in found]


def load(places: list[tuple[str, str]], lock: bool = False) -> list[Text]:
    """The texts called (kind, primary key), in that order, with what is needed to judge them."""
    found: dict[tuple[str, str], Text] = {}
    for kind, model in KINDS.items():
        related = ("debate",) if kind == "statement" else ("debate", "statement", "parent")
        texts = model.objects.select_related(*related).defer("debate__seeds").order_by("pk")
        if lock:
            texts = texts.select_for_update(of=("self",))
        pks = [pk for named, pk in places if named == kind]
        found |= {(kind, str(text.pk).replace("-", "")): text for text in (texts.filter(pk__in=pks) if pks else ())}
    asked = ((kind, pk.replace("-", "")) for kind, pk in places)
    return [found[place] for place in asked if place in found]


class Outcome(NamedTuple):
    """How many texts were decided on, how many somebody else had decided on meanwhile, and what could not be done."""

    done: int
    late: int
    problems: list[str]


@transaction.atomic
def settle(chosen: list[Seen], act: Callable[[list[Text]], object]) -> Outcome:
    """Do `act` to each text that still stands as it was seen; the others stay as they are."""
    texts = load([(seen.kind, seen.pk) for seen in chosen], lock=True)
    still = [text for text in texts if Seen.of(text) in chosen]
    problems = []
    for text in still:
        try:
            with transaction.atomic():
                act([text])
        except IntegrityError:
            problems.append(_("“%(text)s” is already in the debate, in the same words.") % {"text": text})
        except OverflowError:
            problems.append(_("The debate is full: “%(text)s” cannot be put to the vote.") % {"text": text})
    return Outcome(len(still) - len(problems), len(chosen) - len(still), problems)
