"""The forms of the guided creation: conditions, kind of process, page."""

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm

from .. import checks
from ..kinds import PROPOSED, Kind, is_as_proposed
from ..models import ConsultationPage
from .conditions import CONDITIONS, Condition

NOTICE = 7  # days from today to the opening that is proposed
OPENS, CLOSES = time(8), time(20)
MOMENT = "%Y-%m-%dT%H:%M"


class ConditionsForm(forms.Form):
    """Five questions, yes or no."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for condition in CONDITIONS:
            self.fields[condition.name] = forms.ChoiceField(
                label=condition.asks,
                help_text=condition.help,
                choices=[("yes", _("Yes")), ("no", _("No"))],
                widget=forms.RadioSelect,
                error_messages={"required": _("Answer yes or no.")},
            )

    def unmet(self) -> list[Condition]:
        return [condition for condition in CONDITIONS if self.cleaned_data.get(condition.name) == "no"]


class PageForm(WagtailAdminModelForm):
    """What only the authority can say; the words proposed are those of the kind of process."""

    class Meta:
        model = ConsultationPage
        fields = [
            "title",
            "summary",
            "opens_at",
            "closes_at",
            "decision",
            "can_change",
            "fixed",
            "decided_by",
            "decision_on",
            "answer_due",
            "elsewhere",
        ]
        long = ("summary", "decision", "can_change", "fixed", "elsewhere")
        widgets = {
            **{name: forms.Textarea(attrs={"rows": 3}) for name in long},
            # The browser's own: they need no JavaScript, and no calendar is left open over the next field.
            **{name: forms.DateTimeInput({"type": "datetime-local"}, MOMENT) for name in ("opens_at", "closes_at")},
            **{name: forms.DateInput({"type": "date"}, "%Y-%m-%d") for name in ("decision_on", "answer_due")},
        }

    GROUPS = (
        (_("The page"), ("title", "summary")),
        (_("When people can answer"), ("opens_at", "closes_at")),
        (_("Our commitment"), ("decision", "can_change", "fixed", "decided_by", "decision_on", "answer_due")),
        (_("Without the internet"), ("elsewhere",)),
    )

    def __init__(self, kind: Kind, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["elsewhere"].required = True
        example = _("In plain words, for example: %(example)s")
        self.fields["title"].help_text = example % {"example": kind.example}

    def groups(self) -> list[tuple[Any, list[forms.BoundField]]]:
        return [(heading, [self[name] for name in names]) for heading, names in self.GROUPS]

    def _post_clean(self) -> None:
        """Compare the dates alone: a page that is nowhere yet has no address to be checked."""
        for name, value in self.cleaned_data.items():
            setattr(self.instance, name, value)
        for found in checks.dates(self.instance.facts()):
            if found.field not in self.errors:
                self.add_error(found.field, found.said)


def proposed(kind: Kind, typed: dict[str, str]) -> dict[str, Any]:
    """What the page's form is filled in with: what was typed, else what `kind` proposes and dates that give time."""
    day = timezone.localdate() + timedelta(days=NOTICE)
    last = day + timedelta(weeks=kind.weeks)
    opens, closes = (timezone.make_aware(datetime.combine(*at)) for at in ((day, OPENS), (last, CLOSES)))
    first: dict[str, Any] = {**kind.proposed, "opens_at": opens, "closes_at": closes}
    # Somebody who went back and took another kind is proposed its words, in place of those they had not touched.
    kept = {name: text for name, text in typed.items() if not (name in PROPOSED and is_as_proposed(name, text))}
    return {**first, **kept}
