"""The forms of the follow-up screens."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets import AdminDateInput

from ..models import Commitment, CommitmentUpdate, ConsultationPage, Theme


class ThemeForm(forms.ModelForm):
    class Meta:
        model = Theme
        fields = ["title", "told"]
        widgets = {"told": forms.Textarea(attrs={"rows": 3})}


class NewThemeForm(ThemeForm):
    parent = forms.ModelChoiceField(label=_("below"), queryset=Theme.objects.none(), required=False)

    class Meta(ThemeForm.Meta):
        fields = ["title"]

    def __init__(self, *args: Any, page: ConsultationPage, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["parent"].queryset = page.themes.filter(depth=1).order_by("path")  # type: ignore[attr-defined]
        self.fields["parent"].empty_label = _("(a theme of its own)")  # type: ignore[attr-defined]


class DecisionForm(forms.ModelForm):
    """That it was decided, by which act; the page itself says what is missing."""

    class Meta:
        model = ConsultationPage
        fields = ["decided_on", "act_number", "act_url", "no_act_reason"]
        widgets = {"decided_on": AdminDateInput}

    def _post_clean(self) -> None:
        """The page checks itself when the step is reached."""


class CommitmentForm(forms.ModelForm):
    """A new commitment; later its day moves by news alone, so that everybody sees it move."""

    class Meta:
        model = Commitment
        fields = ["what", "theme", "who", "due", "budget", "act_number", "act_on", "act_url"]
        widgets = {"due": AdminDateInput, "act_on": AdminDateInput}

    def __init__(self, *args: Any, page: ConsultationPage, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.page = page
        self.fields["theme"].queryset = page.themes.order_by("path")  # type: ignore[attr-defined]
        self.fields["theme"].empty_label = _("(the whole consultation)")  # type: ignore[attr-defined]
        if self.instance.pk:
            del self.fields["due"]


class NewsForm(forms.ModelForm):
    due = forms.DateField(
        label=_("another day"),
        required=False,
        widget=AdminDateInput,
        help_text=_("Only where the day promised cannot be kept: the page shows both days, and your reason."),
    )

    class Meta:
        model = CommitmentUpdate
        fields = ["text", "status"]
        widgets = {"text": forms.Textarea(attrs={"rows": 3})}

    def _post_clean(self) -> None:
        """`Commitment.tell` checks: it is the only way in."""
