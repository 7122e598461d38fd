"""`import_debate DIR`: statements.csv and votes.csv become a published debate; prints its key."""

import json
import sqlite3
import sys
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from counting.rejects import Rejects
from deliberation.imports import BadFiles, Outcome, Refused, import_debate


class Command(BaseCommand):
    help = "Makes a published debate of a folder with statements.csv and votes.csv, and prints its key."

    def add_arguments(self, parser) -> None:
        parser.add_argument("folder", metavar="DIR", type=Path)
        parser.add_argument("--title", default="", help="default: the topic in DIR/README.md, or the folder's name")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args, **options) -> None:
        outcome = self._import(options["folder"], options["title"])
        if options["json"]:
            self.stdout.write(json.dumps(_as_dict(outcome), ensure_ascii=False))
        else:
            self.stderr.write("\n".join(_summary(outcome)), lambda text: text)
            self.stdout.write(outcome.debate.key)
        if any(rejects.lines.n for rejects in outcome.rejects.values()):
            sys.exit(1)

    def _import(self, folder: Path, title: str) -> Outcome:
        try:
            return import_debate(folder, title, self._progress())
        except (BadFiles, OSError, ValueError) as error:
            raise CommandError(str(error), returncode=1 if isinstance(error, Refused) else 2) from None
        except (DatabaseError, sqlite3.Error) as error:
            message = _("The database stopped the import (%(error)s). Start it again: it goes on where it was.")
            raise CommandError(message % {"error": type(error).__name__}) from None
        except KeyboardInterrupt:
            raise CommandError(_("Interrupted. Start it again: it goes on where it was.")) from None

    def _progress(self):
        if not self.stderr.isatty():
            return None
        return lambda text: self.stderr.write(f"\r{text} ", lambda text: text, ending="")


def _as_dict(outcome: Outcome) -> dict:
    return {
        "key": outcome.debate.key,
        "title": outcome.debate.title,
        "found": outcome.found,
        "statements": outcome.statements,
        "added": {"participants": outcome.added_people, "votes": outcome.added_votes},
        "already_there": outcome.known_people,
        "votes": outcome.counts,
        "replaced": outcome.replaced,
        "without_timestamp": outcome.untimed.n,
        "rejected": {name: rejects.lines.n for name, rejects in outcome.rejects.items()},
        "rejects": {name: str(r.path) for name, r in outcome.rejects.items() if r.lines.n},
        "ignored": {name: titles for name, titles in outcome.ignored.items() if titles},
    }


def _summary(outcome: Outcome) -> list[str]:
    numbers = {"title": outcome.debate.title, "statements": outcome.statements, "people": outcome.added_people}
    numbers |= {"votes": outcome.added_votes, "known": outcome.known_people} | outcome.counts
    if not outcome.found:
        lines = [_("New debate “%(title)s”, published.") % numbers]
    elif outcome.added_people:
        lines = [_("Found the debate “%(title)s” of these files, incomplete: completed.") % numbers]
    else:
        lines = [_("Found the debate “%(title)s” of these files, complete: nothing added.") % numbers]
    lines += [
        _("%(statements)d statements; added: %(people)d participants with %(votes)d votes.") % numbers,
        _("In the file: %(agree)d agree (1), %(disagree)d disagree (-1), %(pass)d pass (0).") % numbers,
    ]
    lines += _notes(outcome)
    for name, rejects in outcome.rejects.items():
        lines += _rejected(name, rejects) if rejects.lines.n else []
    return lines


def _notes(outcome: Outcome) -> list[str]:
    lines, untimed, known = [], outcome.untimed, {"n": outcome.replaced}
    if outcome.replaced:
        lines.append(
            ngettext(
                "%(n)d earlier vote replaced by a later one of the same person on the same statement.",
                "%(n)d earlier votes replaced by later ones of the same person on the same statement.",
                outcome.replaced,
            )
            % known
        )
    if untimed.n and untimed.n == sum(outcome.counts.values()) + outcome.replaced:
        lines.append(_("No vote has a timestamp: they have no date, and count by their order."))
    elif untimed.n:
        message = _("Votes without a timestamp: %(n)d (lines %(lines)s). They have no date, and count by their order.")
        lines.append(message % {"n": untimed.n, "lines": untimed})
    for name, titles in outcome.ignored.items():
        if titles:
            lines.append(_("%(file)s: ignored columns %(names)s.") % {"file": name, "names": ", ".join(titles)})
    return lines


def _rejected(name: str, rejects: Rejects) -> list[str]:
    said = {"file": name, "n": rejects.lines.n, "lines": rejects.lines, "path": rejects.path}
    head = _("%(file)s: %(n)d rows rejected (lines %(lines)s). They are in %(path)s, each with the reason.") % said
    told = [_("  line %(line)d: %(reason)s") % {"line": line, "reason": why} for line, why in rejects.reasons]
    return [head, *told]
