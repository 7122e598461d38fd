"""When to consult, and when not: the conditions asked first, and what to do where one is not met (pure).

They follow the OECD's: a problem that people can help to solve, room for influence, the commitment of who decides,
means, and time before the decision. Without the first two there is nothing to ask; without another one it is wiser to
wait, and that is for the authority to decide.
"""

from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

OECD = "https://read.oecd.org/10.1787/7759a39c-en"


class Condition(NamedTuple):
    """One question to be answered by yes or no, and what a no means."""

    name: str
    asks: str | Promise
    help: str | Promise
    why: str | Promise
    instead: str | Promise
    stops: bool = False


CONDITIONS = (
    Condition(
        "to_decide",
        _("Is there something still to decide?"),
        _("A project, a rule, a budget that nobody has settled yet."),
        _("Everything is decided already. To ask people now would make believe that they are listened to."),
        _("Inform them: publish a page that says what was decided, why, and what comes next."),
        stops=True,
    ),
    Condition(
        "can_change",
        _("Can the answers change something?"),
        _("At least one thing that depends on what people say."),
        _("Whatever people answer, nothing would change. They find out, and do not come back."),
        _("Look for what is still open: the calendar, the uses, how the works are done. If nothing is, inform people."),
        stops=True,
    ),
    Condition(
        "who_decides",
        _("Do you know who decides, and when?"),
        _("A council, a mayor, a day of a meeting after the closing."),
        _("Without a name and a day people cannot know whether their opinion comes in time, or to whom."),
        _("Ask the elected official in charge first. It is written on the page, above the first question."),
    ),
    Condition(
        "will_answer",
        _("Will you answer people, with reasons, on a day that you can promise?"),
        _("Theme by theme: what is kept, what is not, and why."),
        _("A consultation without an answer does harm: many people believe that it is useless, and would be right."),
        _("Agree on a day with the elected official who signs the answer. The page says in public when it is missed."),
    ),
    Condition(
        "offline",
        _("Can somebody help those who have no internet?"),
        _("Paper at the reception desk, an agent who notes the answers, a telephone number."),
        _("One adult in six struggles with digital tools: the answers would leave them out."),
        _("Put paper forms at the town hall and the library, and name an agent who fills them in with people."),
    ),
)
