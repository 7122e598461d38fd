"""What debates add to Wagtail's admin: effects and advice on the edit screen, a copy, and the texts to read."""

from typing import Any

from django import forms
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import Panel

from participation import trust

from . import linting
from .models import Debate
from .publishing import check, effects, seeds_of


class DebateForm(WagtailAdminModelForm):
    """Refuses to publish what cannot be voted on, and asks to have read what an edit does to votes already cast."""

    effects_read = forms.BooleanField(required=False, label=_("I have read what this changes. Publish."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "trust" in self.fields:
            trust.offer(self.fields["trust"], self.instance.trust)

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if "action-publish" in self.data and not self.errors:
            draft = self._draft(data)
            try:
                check(draft)
            except ValidationError as error:
                self.add_error("seeds", error.messages)
            else:
                self._confirm(draft, data)
        return data

    def _draft(self, data: dict[str, Any]) -> Debate:
        draft = Debate.objects.get(pk=self.instance.pk) if self.instance.pk else Debate()
        for name in ("title", "seeds", "may_propose", "max_length"):
            if name in data:
                setattr(draft, name, data[name])
        return draft

    def _confirm(self, draft: Debate, data: dict[str, Any]) -> None:
        found = effects(draft)
        if found and not data.get("effects_read"):
            self.unconfirmed = found
            self.add_error(
                None, _("These statements already have votes. Read the effect, tick the box, publish again.")
            )


class EffectsPanel(Panel):
    """On top of the form: what publishing the current draft does to the votes already cast."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "deliberation/admin/effects.html"

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            context = super().get_context_data(parent_context)
            found = getattr(self.form, "unconfirmed", None)
            if found is None and self.instance.pk:
                found = effects(self.instance)
            return {**context, "effects": found, "field": self.form["effects_read"]}

        def is_shown(self) -> bool:
            return super().is_shown() and bool(self.instance.pk)

    def get_form_options(self) -> dict[str, Any]:
        return {"fields": ["effects_read"]}  # else Wagtail draws the box once more at the foot of the form


class AdvicePanel(Panel):
    """Advice on the statements of the current draft, each remark leading to the statements it is about."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "deliberation/admin/advice.html"

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            seeds = seeds_of(self.instance)
            found = [
                {"sentence": advice.sentence, "about": [(n, *seeds[n - 1]) for n in advice.numbers]}
                for advice in linting.advise([text for _id, text in seeds])
            ]
            return {**super().get_context_data(parent_context), "advice": found}

        def is_shown(self) -> bool:
            return super().is_shown() and bool(self.instance.pk)


@permission_required("deliberation.add_debate", raise_exception=True)
def copy_debate(request: HttpRequest, pk: int) -> HttpResponse:
    """A copy to use in another consultation: same statements to begin with and rules, no votes."""
    original = get_object_or_404(Debate, pk=pk)
    if request.method != "POST":
        return render(request, "deliberation/admin/copy.html", {"debate": original})
    copy = original.copy_for_use_elsewhere()
    copy.save_revision(user=request.user, log_action=True)
    messages.success(request, _("“%(title)s” is ready to edit.") % {"title": copy.title})
    return redirect(reverse(Debate.snippet_viewset.get_url_name("edit"), args=[copy.pk]))
