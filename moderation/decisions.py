"""Decisions: one act on one text, by one person, for a reason. The only way in; whoever comes late is told so.

Each is one transaction: the item locked, the engine's text shown or taken off, the register written.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from . import announcements, masking, registry
from .models import Appeal, Article, Decision, Item, Remit, Report, Sealed, Service
from .registry import Refused

Act, State = Decision.Act, Item.State
LONGEST_REASON = 500

# From which states an act leads where. What is withdrawn or erased is nobody's to decide on.
_HIDDEN: set[Any] = {State.PENDING, State.ASKED, State.FORWARDED, State.REFUSED, State.HIDDEN}
LEADS: Mapping[Any, tuple[set[Any], Any]] = {
    Act.PUBLISH: (_HIDDEN | {State.PUBLISHED}, State.PUBLISHED),
    Act.REDACT: (_HIDDEN | {State.PUBLISHED}, State.PUBLISHED),
    Act.REFUSE: ({State.PENDING, State.ASKED, State.FORWARDED}, State.REFUSED),
    Act.HIDE: ({State.PUBLISHED}, State.HIDDEN),
    Act.ASK: ({State.PENDING, State.PUBLISHED, State.FORWARDED}, State.ASKED),
    Act.FORWARD: ({State.PENDING, State.PUBLISHED, State.ASKED}, State.FORWARDED),
    Act.MERGE: ({State.PENDING, State.PUBLISHED}, State.MERGED),
}
NEEDS_ARTICLE = {Act.REFUSE, Act.HIDE}
NEEDS_REASON = {Act.ASK}
CONTESTABLE: set[Any] = {Act.REFUSE, Act.HIDE, Act.REDACT, Act.MERGE, Act.FORWARD}  # by the author


class Choice(NamedTuple):
    """What a moderator wants done. `reason` is read by the author, `note` by moderators only."""

    act: str
    article: Article | None = None
    reason: str = ""
    note: str = ""
    redacted: str = ""
    service: Service | None = None
    into: Item | None = None


class Late(Exception):
    """Somebody else decided meanwhile; `by` (empty: the author, or the system), `at`, and the `item` as it stands."""

    def __init__(self, item: Item, by: str, at: Any):
        super().__init__(item.ref)
        self.item, self.by, self.at = item, by, at


class Held(Exception):
    """Somebody else is reading the item and holds it for some minutes; `by` is their name."""

    def __init__(self, by: str):
        super().__init__(by)
        self.by = by


def acts_for(item: Item) -> list[str]:
    """What can be done with `item` as it stands."""
    source = registry.sources.get(item.kind)
    found = [act for act, (states, _after) in LEADS.items() if item.state in states]
    if item.open_appeal:  # it is decided first; meanwhile what must not be read can still be taken off
        found = [act for act in found if act == Act.HIDE]
    if not item.public:
        found = [act for act in found if act in (Act.PUBLISH, Act.FORWARD)]
    if not (source and source.may_merge):
        found = [act for act in found if act != Act.MERGE]
    return found


def check(item: Item, choice: Choice) -> None:
    """Raise Refused, in a moderator's words, when `choice` lacks something."""
    if item.open_appeal and choice.act != Act.HIDE:
        raise Refused(_("Its author contests the last decision: decide on the appeal first."))
    if choice.act not in acts_for(item):
        raise Refused(_("This cannot be done with a text that is %(state)s.") % {"state": item.get_state_display()})
    if choice.act in NEEDS_ARTICLE and choice.article is None:
        raise Refused(_("Choose the article of the charter that this text breaks."))
    if choice.article is not None and choice.article.charter_id != _charter_id(item):
        raise Refused(_("This article is not in the charter of this consultation."))
    if choice.act in NEEDS_REASON and not choice.reason.strip():
        raise Refused(_("Write what the author should change: they will read it."))
    check_length(choice.reason)
    if choice.act == Act.FORWARD and choice.service is None:
        raise Refused(_("Choose the service to forward it to."))
    if choice.act == Act.MERGE:
        _check_merge(item, choice.into)


def check_length(reason: str) -> None:
    """Raise Refused when `reason` is too long for the register."""
    if len(reason) > LONGEST_REASON:
        raise Refused(_("Shorten your reason: %(n)d characters at most.") % {"n": LONGEST_REASON})


def _charter_id(item: Item) -> int | None:
    charter = Remit.of(item.scope_id).the_charter()
    return charter.pk if charter else None


def _check_merge(item: Item, into: Item | None) -> None:
    if into is None or into.pk == item.pk:
        raise Refused(_("Choose the text that it says the same as."))
    if into.scope_id != item.scope_id or into.kind != item.kind:
        raise Refused(_("Only texts of one kind and one consultation can be merged."))
    if into.state != State.PUBLISHED:
        raise Refused(_("Only a text that is shown can take in another one."))


def decide(item: Item, choice: Choice, user: Any, version: int) -> Decision:
    """Carry out `choice` on `item` as it stood on the screen (`version`); the row of the register.

    Raises Refused when it cannot be done, Late when somebody else decided meanwhile (the register keeps both), Held
    while somebody else reads it.
    """
    with one_wins(choice, user):
        return _decide(item.pk, choice, user, version)


class Overtaken(Exception):
    """Inside the transaction: what was to be decided on is no longer as it was seen."""

    def __init__(self, item: Item):
        super().__init__(item.ref)
        self.item = item


@contextmanager
def one_wins(choice: Choice, user: Any) -> Iterator[None]:
    """One transaction; who is overtaken in it is told so by Late, and stands in the register."""
    try:
        with transaction.atomic():
            yield
    except Overtaken as overtaken:
        raise note_late(overtaken.item, choice, user) from None


def lock_as_seen(pk: int, user: Any, version: int) -> Item:
    """The item, locked, if it stands as `user` saw it and nobody else holds it. Raises Overtaken, Held."""
    item = lock(pk)
    if item.version != version:
        raise Overtaken(item)
    if item.is_held_by_other(user):
        raise Held(name_of(item.claimed_by))
    return item


def _decide(pk: int, choice: Choice, user: Any, version: int) -> Decision:
    if choice.into is not None:
        choice = choice._replace(into=_lock_both(pk, choice.into.pk))
    item = lock_as_seen(pk, user, version)
    check(item, choice)
    before = item.state
    _carry_out(item, choice)
    item.read = True
    finish(item)
    return record(item, choice.act, before, user, choice)


def lock(pk: int) -> Item:
    return Item.objects.select_for_update(of=("self",)).select_related("scope", "claimed_by").get(pk=pk)


def _lock_both(pk: int, into: int) -> Item | None:
    """The item `into` as it stands, locked together with the item `pk`."""
    return {item.pk: item for item in Item.objects.filter(pk__in=(pk, into)).locked()}.get(into)


def _carry_out(item: Item, choice: Choice) -> None:
    source, after = registry.sources[item.kind], LEADS[choice.act][1]
    if choice.act == Act.REDACT:
        _redact(item, choice.redacted)
    if choice.act == Act.MERGE and choice.into:
        source.merge(item.object_id, choice.into.object_id)
        item.merged_into = choice.into
    else:
        place(item, after)
    item.state = after
    item.forwarded_to = choice.service if choice.act == Act.FORWARD else None


def place(item: Item, state: str) -> None:
    """Have the engine show, hold or take off the text as `state` wants it."""
    source = registry.sources[item.kind]
    if state == State.PUBLISHED:
        try:
            with transaction.atomic():
                source.show(item.object_id)
        except IntegrityError:
            raise Refused(_("The same text, in the same words, is already shown.")) from None
        except OverflowError:
            raise Refused(_("The debate is full: this sentence cannot be put to the vote.")) from None
    elif state in (State.PENDING, State.ASKED):
        source.hold(item.object_id)
    else:
        source.take_off(item.object_id)


def _redact(item: Item, redacted: str) -> None:
    source = registry.sources[item.kind]
    sealed = Sealed.objects.filter(item=item).first()
    known = source.texts([item.object_id]).get(item.object_id)
    original = sealed.text if sealed else known.shown if known else ""
    if not masking.is_masked(original, redacted):
        raise Refused(
            _("Only mask: put %(mark)s in the place of what must not be read, and change nothing else.")
            % {"mark": masking.MARK}
        )
    if sealed is None:
        Sealed.objects.create(item=item, text=original)
    source.reword(item.object_id, redacted)
    item.looked, item.signals = False, []  # they quote what is masked now


def finish(item: Item) -> None:
    """Settle what follows from the item's new state, and store it."""
    item.version += 1
    item.claimed_by = item.claimed_until = None
    item.settle()
    item.save()


def record(item: Item, act: Any, before: str, user: Any, choice: Choice | None = None, **more: Any) -> Decision:
    """Write one row of the register, in Wagtail's log too, and tell who wants to know."""
    choice = choice or Choice(act)
    number, said = cited(choice.article)
    decision = Decision.objects.create(
        item=item,
        act=act,
        before=before,
        after=item.state,
        article=number,
        article_said=said,
        reason=choice.reason.strip(),
        note=choice.note.strip()[:300],
        actor=user,
        actor_name=name_of(user),
        service=choice.service,
        into=choice.into,
        **more,
    )
    if user is not None:
        log(item, "palabre.decide", user=user, data={"act": act, "decision": decision.pk, "before": before})
    close_reports(item, decision)
    close_appeal(item, decision)
    announcements.decided.send(Item, item=item, decision=decision)
    return decision


def cited(article: Article | None) -> tuple[int | None, str]:
    """(number, words) of an article as a decision keeps them."""
    if article is None:
        return None, ""
    numbered = {a.pk: n for n, a in article.charter.numbered()}
    return numbered.get(article.pk), article.short


def close_reports(item: Item, decision: Decision) -> None:
    """Whoever reported the text learns what came of it: any decision answers all open reports."""
    if not item.open_reports or not decision.took_effect:
        return
    followed = item.state != State.PUBLISHED or decision.act == Act.REDACT
    state = Report.State.FOLLOWED if followed else Report.State.KEPT
    item.reports.filter(state=Report.State.OPEN).update(state=state, closed_at=timezone.now(), decision=decision)
    item.open_reports = 0
    item.settle()
    item.save(update_fields=["open_reports", "waiting", "risk", "flags"])


def close_appeal(item: Item, decision: Decision) -> None:
    """A shown text that had to be taken off while its author contested something milder: they contest this instead."""
    if decision.act != Act.HIDE or not item.open_appeal:
        return
    said = _("Another decision took the place of the one you contested. You may contest that one.")
    item.appeals.filter(state=Appeal.State.OPEN).update(
        state=Appeal.State.UPHELD, decided_by=decision.actor, decided_at=decision.at, reason=said
    )
    item.open_appeal = False
    item.settle()
    item.save(update_fields=["open_appeal", "waiting", "risk", "flags"])


def note_late(item: Item, choice: Choice, user: Any) -> Late:
    """Keep in the register that `user` came late with `choice`; what to raise."""
    last = item.decisions.filter(took_effect=True).order_by("-at", "-pk").first()
    number, said = cited(choice.article)
    Decision.objects.create(
        item=item,
        act=choice.act,
        before=item.state,
        after=item.state,
        took_effect=False,
        article=number,
        article_said=said,
        reason=choice.reason.strip()[:LONGEST_REASON],
        actor=user,
        actor_name=name_of(user),
    )
    return Late(item, last.actor_name if last else "", last.at if last else None)


def name_of(user: Any) -> str:
    return (user.get_full_name() or user.get_username())[:150] if user is not None else ""


# Undoing


def last_of(user: Any) -> Decision | None:
    """The newest decision of `user` that can still be undone: the item stands as it left it."""
    for decision in Decision.objects.filter(actor=user, took_effect=True).select_related("item")[:20]:
        if may_undo(decision):
            return decision
    return None


def may_undo(decision: Decision) -> bool:
    newest = decision.item.decisions.filter(took_effect=True).order_by("-at", "-pk").first()
    return (
        decision.act in LEADS
        and newest is not None
        and newest.pk == decision.pk
        and decision.item.state == decision.after
        and not decision.item.open_appeal
        and not _masks_what_was_masked(decision)
    )


def _masks_what_was_masked(decision: Decision) -> bool:
    """A redaction on top of another: the words between the two are kept nowhere."""
    if decision.act != Act.REDACT:
        return False
    since = decision.item.decisions.filter(act=Act.RESEND).order_by("-pk").values_list("pk", flat=True).first() or 0
    earlier = decision.item.decisions.filter(act=Act.REDACT, took_effect=True, undone_by=None, pk__gt=since)
    return earlier.filter(pk__lt=decision.pk).exists()


@transaction.atomic
def undo(decision: Decision, user: Any) -> Decision:
    """Put the item back to where it stood before `decision`. Raises Late when something happened since."""
    item = lock(decision.item_id)
    decision.item = item
    if not may_undo(decision):
        last = item.decisions.filter(took_effect=True).order_by("-at", "-pk").first()
        raise Late(item, last.actor_name if last else "", last.at if last else None)
    before, source = item.state, registry.sources[item.kind]
    if decision.act == Act.MERGE and item.merged_into:
        source.unmerge(item.object_id, item.merged_into.object_id)
        item.merged_into = None
    if decision.act == Act.REDACT:
        unseal(item)
    place(item, decision.before)
    item.state, item.read = decision.before, _was_read(item, decision)
    item.forwarded_to = _service_before(item, decision)
    finish(item)
    return record(item, Act.UNDO, before, user, undoes=decision)


def _was_read(item: Item, decision: Decision) -> bool:
    return item.decisions.filter(took_effect=True, pk__lt=decision.pk).exclude(act=Act.RESEND).exists()


def unseal(item: Item) -> None:
    """Give a text the words back that its author wrote."""
    if sealed := Sealed.objects.filter(item=item).first():
        registry.sources[item.kind].reword(item.object_id, sealed.text)
        sealed.delete()
        item.looked = False


def _service_before(item: Item, decision: Decision) -> Service | None:
    if decision.before != State.FORWARDED:
        return None
    forwarded = item.decisions.filter(act=Act.FORWARD, took_effect=True, at__lt=decision.at).first()
    return forwarded.service if forwarded else None
