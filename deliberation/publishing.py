"""Publishing a debate: check the draft, tell what it changes for votes already cast, put its statements to the vote."""

from typing import Any

from django.core.exceptions import ValidationError
from django.dispatch import receiver
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from counting import fold
from counting.models import LedgerEntry, Tally

from . import cells, wording
from .models import Debate, Statement
from .models.debate import about_to_publish, has_published
from .statements import put_to_vote

MAX_SEEDS = 200


def seeds_of(draft: Debate) -> list[tuple[str, str]]:
    """(block id, tidy text) of the draft's statements."""
    return [(str(block.id), wording.tidy(str(block.value))) for block in draft.seeds]


def check(draft: Debate) -> None:
    """Raise ValidationError (on "seeds") with everything that stops `draft` from being published."""
    problems: list[str] = []
    seeds = [text for _id, text in seeds_of(draft)]
    if not seeds and not draft.may_propose and not _has_statements(draft):
        problems.append(_("Write at least one statement, or let people propose some."))
    if len(seeds) > MAX_SEEDS:
        problems.append(_("Write at most %(n)d statements.") % {"n": MAX_SEEDS})
    first: dict[str, int] = {}
    for number, text in enumerate(seeds, 1):
        if not wording.plain(text):
            problems.append(_("Statement %(n)d is empty.") % {"n": number})
        elif len(text) > draft.max_length:
            said = {"n": number, "long": len(text), "max": draft.max_length}
            problems.append(_("Statement %(n)d has %(long)d characters: %(max)d at most.") % said)
        same = first.setdefault(wording.plain(text), number)
        if same != number and wording.plain(text):
            problems.append(_("Statements %(a)d and %(b)d are the same.") % {"a": same, "b": number})
    if problems:
        raise ValidationError({"seeds": problems})


def _has_statements(draft: Debate) -> bool:
    return bool(draft.pk) and Statement.objects.filter(debate_id=draft.pk).exclude(origin="seed").exists()


@receiver(about_to_publish)
def _check_before(sender: type[Debate], draft: Debate, **kwargs: Any) -> None:
    check(draft)


@receiver(has_published)
def _settle_after(sender: type[Debate], debate: Debate, **kwargs: Any) -> None:
    settle(debate)


def settle(debate: Debate) -> None:
    """Make the debate's statements those of its draft.

    What people voted on keeps its meaning: reworded, it takes no more votes and a new statement stands in its place;
    taken away, it takes no more votes. Case, accents and punctuation may be mended.
    """
    known = {s.seed_id: s for s in Statement.objects.filter(debate=debate, origin="seed").exclude(seed_id="")}
    voted, asked = votes_by_ref(debate), []
    for seed_id, text in seeds_of(debate):
        statement = known.pop(seed_id, None)
        if statement and _changes_meaning(statement.text, text) and voted.get(statement.ref):
            _close(statement)
            statement = None
        if statement is None:
            statement = Statement(debate=debate, origin=Statement.Origin.SEED, seed_id=seed_id)
        statement.text, statement.text_key, statement.read = text, wording.text_key(text), True
        statement.save()
        asked.append(statement)
    for statement in known.values():
        _close(statement)
    put_to_vote(debate, asked)


def _close(statement: Statement) -> None:
    statement.status, statement.seed_id = Statement.Status.CLOSED, ""
    statement.save(update_fields=["status", "seed_id"])


def _changes_meaning(before: str, after: str) -> bool:
    return wording.plain(before) != wording.plain(after)


def votes_by_ref(debate: Debate) -> dict[str, int]:
    """How many votes each statement has, with what still waits to be counted brought in first."""
    if LedgerEntry.objects.filter(tool_id=debate.tool_id).exists():
        fold.fold(debate.tool_id, seconds=2)
    counts = dict(Tally.objects.filter(tool_id=debate.tool_id).exclude(n=0).values_list("name", "n"))
    refs = {name.split(":")[1] for name in counts if name.startswith("s:")}
    return {ref: sum(counts.get(name, 0) for name in cells.names(ref)) for ref in refs}


def effects(draft: Debate) -> list[str]:
    """What publishing `draft` does to votes already cast, one sentence each; empty when it does nothing."""
    if draft.pk is None or not (voted := votes_by_ref(draft)):
        return []
    later = dict(seeds_of(draft))
    found = []
    known = Statement.objects.filter(debate_id=draft.pk, origin="seed", status=Statement.Status.PUBLISHED)
    for statement in known.order_by("pk"):
        n, text = voted.get(statement.ref, 0), later.get(statement.seed_id)
        if not n or (text is not None and not _changes_meaning(statement.text, text)):
            continue
        said = {"before": statement.text, "after": text, "n": n}
        if text is None:
            found.append(
                ngettext(
                    "Withdraws “%(before)s”, voted on once: it takes no more votes and stays in the results.",
                    "Withdraws “%(before)s”, voted on %(n)d times: it takes no more votes and stays in the results.",
                    n,
                )
                % said
            )
        else:
            found.append(
                ngettext(
                    "Rewords “%(before)s” as “%(after)s”: a new statement; the vote cast stays with the old one.",
                    "Rewords “%(before)s” as “%(after)s”: a new statement; the %(n)d votes cast stay with the old one.",
                    n,
                )
                % said
            )
    return found
