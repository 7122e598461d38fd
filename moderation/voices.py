"""What people say to a decision or of a shown text, and what is answered: corrections, appeals, reports.

Each is one transaction on the locked item, as decisions are; what cannot be done is refused in plain words.
"""

import unicodedata
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from . import decisions, queue, registry, rights
from .decisions import CONTESTABLE, LONGEST_REASON, Choice
from .models import Appeal, Article, Decision, Item, Report, Sealed
from .registry import Refused

Act: Any = Decision.Act
State: Any = Item.State
LONGEST_REPORT, SHORTEST_APPEAL, LONGEST_APPEAL = 500, 10, 1000
MOST_SENT = 5  # times one text may be sent, the first included
MAY_CORRECT = {State.PENDING, State.ASKED, State.REFUSED, State.HIDDEN}


def plain(words: str) -> str:
    """What somebody typed, without control characters, one end of line for all browsers, no space around."""
    lines = words.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(c for c in lines if c == "\n" or unicodedata.category(c) not in ("Cc", "Cs")).strip()


# The author: sending again


def why_not_corrected(item: Item, text: str) -> str:
    """Why its author may not send `text` in its place now; empty when they may."""
    try:
        _check_correction(item, text)
    except Refused as refused:
        return refused.message
    return ""


def _check_correction(item: Item, text: str) -> str:
    if item.state not in MAY_CORRECT:
        raise Refused(_("This text cannot be changed as it stands."))
    if item.open_appeal:
        raise Refused(_("You contest the decision: wait for our answer, then you may still correct it."))
    if item.times_sent >= MOST_SENT:
        raise Refused(_("You sent this text five times: write a new one instead."))
    return registry.sources[item.kind].check(item.object_id, text)


def resend(item: Item, text: str, version: int) -> Decision:
    """The author puts `text` in the place of theirs; it waits to be read anew. Raises Refused, Late.

    `version` is what they had before their eyes: if somebody decided meanwhile they must know it first.
    """
    with transaction.atomic():
        item = decisions.lock(item.pk)
        if item.version != version:
            raise decisions.Late(item, "", None)
        tidy, before, source = _check_correction(item, text), item.state, registry.sources[item.kind]
        known = source.texts([item.object_id]).get(item.object_id)
        if item.state == State.PENDING and known and known.shown == tidy:
            raise Refused(_("These are the words we have already: change something first."))
        try:
            with transaction.atomic():
                source.reword(item.object_id, tidy)
                source.hold(item.object_id)
        except IntegrityError:
            raise Refused(_("This very text is already there. Say something else.")) from None
        Sealed.objects.filter(item=item).delete()
        item.times_sent += 1
        item.forwarded_to = None
        queue.changed(item, pending=True)
        return decisions.record(item, Act.RESEND, before, None)


# The author: appeals


def contestable(item: Item) -> Decision | None:
    """The decision that put `item` where it stands, where its author may contest that kind; one query."""
    if item.state == State.PUBLISHED and not Sealed.objects.filter(item=item).exists():
        return None
    found = item.decisions.filter(took_effect=True, act__in=CONTESTABLE, after=item.state)
    return found.order_by("-at", "-pk").first()


def why_no_appeal(item: Item, decision: Decision | None) -> str:
    """Why `decision` cannot be contested now; empty when it can."""
    if decision is None or decision.act not in CONTESTABLE:
        return _("There is no decision to contest.")
    if item.open_appeal:
        return _("You contested this decision already: we are reading it again.")
    if Appeal.objects.filter(decision=decision).exists():
        return _("You contested this decision already, and it was read again.")
    return ""


@transaction.atomic
def appeal(item: Item, words: str) -> Appeal:
    """The author contests the decision on `item`: once per decision, one at a time. Raises Refused."""
    item, words = decisions.lock(item.pk), plain(words)
    decision = contestable(item)
    if problem := why_no_appeal(item, decision):
        raise Refused(problem)
    if len(words) < SHORTEST_APPEAL:
        raise Refused(_("Say why you contest the decision: a sentence is enough."))
    if len(words) > LONGEST_APPEAL:
        raise Refused(_("You wrote %(n)d characters: %(max)d at most.") % {"n": len(words), "max": LONGEST_APPEAL})
    made = Appeal.objects.create(item=item, decision=decision, words=words)
    item.open_appeal = True
    _settle(item)
    return made


def _settle(item: Item) -> None:
    item.settle()
    item.save(update_fields=["open_reports", "open_appeal", "waiting", "risk", "flags"])


def decide_appeal(appeal: Appeal, user: Any, overturn: bool, reason: str) -> Decision:
    """Keep the contested decision, or reverse it: the text is then shown as before that decision.

    Raises Refused when `user` may not or gives no reason, Late when somebody else decided on it meanwhile.
    """
    reason = plain(reason)
    choice = Choice(Act.OVERTURN if overturn else Act.UPHOLD, reason=reason[:LONGEST_REASON])
    with decisions.one_wins(choice, user):
        item = decisions.lock(appeal.item_id)
        appeal = Appeal.objects.select_related("decision").get(pk=appeal.pk)
        if appeal.state != Appeal.State.OPEN:
            raise decisions.Overtaken(item)
        appeal.item = item
        _check_answer(appeal, user, reason)
        if item.state == State.GONE:
            raise Refused(_("Its author took this text back: there is nothing left to decide."))
        before = item.state
        if overturn:
            _reverse(item, appeal.decision)
        appeal.state = Appeal.State.OVERTURNED if overturn else Appeal.State.UPHELD
        appeal.decided_by, appeal.decided_at, appeal.reason = user, timezone.now(), reason
        appeal.save()
        item.open_appeal = False
        decisions.finish(item)
        return decisions.record(item, choice.act, before, user, choice)


def _check_answer(appeal: Appeal, user: Any, reason: str) -> None:
    if not rights.may_decide_appeal(user, appeal):
        raise Refused(_("You took this decision: somebody else must read it again."))
    if not reason:
        raise Refused(_("Write your reason: the author will read it."))
    decisions.check_length(reason)


def _reverse(item: Item, decision: Decision) -> None:
    """Show the text as its author wrote it: unmasked, parted from what it was merged into, answered here."""
    if decision.act == Act.MERGE and item.merged_into:
        registry.sources[item.kind].unmerge(item.object_id, item.merged_into.object_id)
        item.merged_into = None
    if decision.act == Act.REDACT:
        try:
            with transaction.atomic():
                decisions.unseal(item)
        except IntegrityError:
            raise Refused(_("The same text, in the same words, is already shown.")) from None
    decisions.place(item, State.PUBLISHED)
    item.state, item.read, item.forwarded_to = State.PUBLISHED, True, None


# Everybody: reports


@transaction.atomic
def report(item: Item, reporter_key: bytes, article: Article | None, words: str) -> Report:
    """Somebody finds that a shown text breaks the charter (`article`, or something else). Raises Refused.

    Once per person and text: saying it again changes nothing. No number of reports takes a text off; people do.
    """
    item, words = decisions.lock(item.pk), plain(words)
    if known := Report.objects.filter(item=item, reporter_key=reporter_key).first():
        return known
    if item.state != State.PUBLISHED:
        raise Refused(_("This text is no longer shown."))
    if len(words) > LONGEST_REPORT:
        raise Refused(_("You wrote %(n)d characters: %(max)d at most.") % {"n": len(words), "max": LONGEST_REPORT})
    number, said = decisions.cited(article)
    made = Report.objects.create(item=item, reporter_key=reporter_key, article=number, article_said=said, words=words)
    item.open_reports += 1
    _settle(item)
    return made


def keep(item: Item, user: Any, reason: str, version: int) -> Decision:
    """A reported text stays shown; whoever reported it reads `reason`. Raises Refused, Late, Held."""
    choice = Choice(Act.KEEP, reason=plain(reason))
    with decisions.one_wins(choice, user):
        item = decisions.lock_as_seen(item.pk, user, version)
        if item.state != State.PUBLISHED or not item.open_reports:
            raise Refused(_("Nobody’s report waits on this text."))
        decisions.check_length(choice.reason)
        item.read = True
        decisions.finish(item)
        return decisions.record(item, Act.KEEP, item.state, user, choice)


# A service: answers to what was forwarded


@transaction.atomic
def answer(item: Item, user: Any, words: str) -> Decision:
    """The service to which a text was forwarded answers its author. The text stays with it. Raises Refused."""
    item, words = decisions.lock(item.pk), plain(words)
    if not rights.forwarded_to(user).filter(pk=item.pk).exists():
        raise Refused(_("This text is not forwarded to your service."))
    if not words:
        raise Refused(_("Write your answer: the author will read it."))
    if len(words) > LONGEST_REASON:
        raise Refused(_("Shorten your answer: %(n)d characters at most.") % {"n": LONGEST_REASON})
    decisions.finish(item)
    return decisions.record(
        item, Act.ANSWER, item.state, user, Choice(Act.ANSWER, reason=words, service=item.forwarded_to)
    )


def with_answered(items: QuerySet[Item]) -> QuerySet[Item]:
    """`items` with `answered`: the service answered since the text was forwarded to it."""
    acts = Decision.objects.filter(
        item=OuterRef("pk"), took_effect=True, act=Act.ANSWER, service=OuterRef("forwarded_to")
    )
    return items.annotate(answered=Exists(acts))
