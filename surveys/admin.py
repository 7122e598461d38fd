"""What the survey's edit screen adds to Wagtail's: the effect of an edit, shown before it is published."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe
from wagtail.admin import messages
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import Panel

from participation import trust

from . import framing, sites
from .effects import effects, renew
from .forms import compiled_live
from .models import Survey
from .publishing import advice_on, check
from .questions import type_of
from .questions.base import offered
from .questions.hidden import sign

SAME, OTHER = "same", "other"
FEW_REMARKS = 3  # more of them would push the questions off the screen: they are opened by who wants to read them


def meaning_name(reworded: str) -> str:
    """The field by which the agent says whether a rewording keeps the meaning."""
    return f"meaning-{reworded.replace(' ', '-')}"


class SurveyForm(WagtailAdminModelForm):
    """Refuses to publish what cannot be asked, and asks to have read what an edit does to answers already given."""

    effects_read = forms.BooleanField(required=False, label=_("I have read what this changes. Publish."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "trust" in self.fields:
            trust.offer(self.fields["trust"], self.instance.trust)

    def clean_embed_on(self) -> str:
        """As browsers write them, so that what is saved is what is compared."""
        return "\n".join(sites.read(self.cleaned_data["embed_on"]))

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if "action-publish" in self.data and not self.errors:
            draft = self._draft(data)
            try:
                check(draft)
            except ValidationError as error:
                self.add_error("questions", error.messages)
            else:
                self._confirm(draft, data)
        return data

    def _draft(self, data: dict[str, Any]) -> Survey:
        draft = Survey.objects.get(pk=self.instance.pk) if self.instance.pk else Survey()
        for name in ("title", "introduction", "questions", "pace", "review", "thanks"):
            if name in data:
                setattr(draft, name, data[name])
        return draft

    def _confirm(self, draft: Survey, data: dict[str, Any]) -> None:
        found = effects(draft)
        said = {e.reworded: self.data.get(meaning_name(e.reworded)) for e in found if e.reworded}
        if found and not data.get("effects_read"):
            message = _("These questions already have answers. Read the effect, tick the box, publish again.")
        elif any(answer not in (SAME, OTHER) for answer in said.values()):
            message = _("Say for each rewording whether the meaning stays the same, then publish again.")
        else:
            if changed := [reworded for reworded, answer in said.items() if answer == OTHER]:
                data["questions"] = renew(data["questions"], changed)
            return
        self.unconfirmed = found
        self.add_error(None, message)


class EffectsPanel(Panel):
    """On top of the form: what publishing the current draft does to the answers already given."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "surveys/admin/effects.html"

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            context = super().get_context_data(parent_context)
            found = getattr(self.form, "unconfirmed", None)
            if found is None and self.instance.pk:
                found = effects(self.instance)
            told = [{"sentence": e.sentence, **self._meaning(e.reworded)} for e in found or ()]
            return {**context, "effects": told, "field": self.form["effects_read"]}

        def _meaning(self, reworded: str) -> dict[str, Any]:
            """The two ways to take a rewording, and which was chosen."""
            name = meaning_name(reworded)
            return {"name": name, "chosen": self.form.data.get(name)} if reworded else {}

        def is_shown(self) -> bool:
            return super().is_shown() and bool(self.instance.pk)

    def get_form_options(self) -> dict[str, Any]:
        return {"fields": ["effects_read"]}  # else Wagtail draws the box once more at the foot of the form


class AdvicePanel(Panel):
    """Advice on the draft as last saved, question by question, each leading to the question it is about."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "surveys/admin/advice.html"

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            advice = advice_on(self.instance)
            remarks = sum(len(entry["remarks"]) for entry in advice)
            counted = {"remarks": remarks, "few": remarks <= FEW_REMARKS}
            return {**super().get_context_data(parent_context), "advice": advice, **counted}

        def is_shown(self) -> bool:
            return super().is_shown() and bool(self.instance.pk)


class FramePanel(Panel):
    """What to paste into the page of another site, once a survey that sites may show is published."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "surveys/admin/frame.html"

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            live = Survey.objects.for_display().filter(pk=self.instance.pk, live=True).first()
            snippet = self._snippet(live) if live and live.sites else ""
            return {**super().get_context_data(parent_context), "live": live, "snippet": snippet}

        def _snippet(self, live: Survey) -> str:
            """HTML. The script's address is one that stays, whatever version of it is served."""
            site = settings.WAGTAILADMIN_BASE_URL
            return format_html(
                '<iframe src="{}" title="{}" width="100%" height="700" style="border:0" loading="lazy" sandbox="{}">'
                '</iframe>\n<script src="{}" defer></script>',
                site + framing.address(live.key, "survey", framed=True),
                live.title,
                framing.SANDBOX,
                f"{site}{settings.STATIC_URL}embed/host.js",
            )


def copy_survey(request: HttpRequest, pk: int) -> HttpResponse:
    """A copy to use in another consultation: same questions, no answers."""
    return _copy_survey(request, pk)


@permission_required("surveys.add_survey", raise_exception=True)
def _copy_survey(request: HttpRequest, pk: int) -> HttpResponse:
    original = get_object_or_404(Survey, pk=pk)
    if request.method != "POST":
        return render(request, "surveys/admin/copy.html", {"survey": original})
    copy = original.copy_for_use_elsewhere()
    copy.save_revision(user=request.user, log_action=True)
    messages.success(request, _("“%(title)s” is ready to edit.") % {"title": copy.title})
    return redirect(reverse(Survey.snippet_viewset.get_url_name("edit"), args=[copy.pk]))


@require_safe
def signed_links(request: HttpRequest, pk: int) -> HttpResponse:
    """The links that note a value with the answers of whoever follows them."""
    return _signed_links(request, pk)


@permission_required("surveys.change_survey", raise_exception=True)
def _signed_links(request: HttpRequest, pk: int) -> HttpResponse:
    survey = get_object_or_404(Survey, pk=pk)
    asked = compiled_live(survey).questions if survey.live_version_id else []
    address = f"{settings.WAGTAILADMIN_BASE_URL}{survey.get_absolute_url()}?depuis="
    questions = [
        {
            "wording": question["wording"],
            "links": [
                {"label": option["label"], "address": address + sign(question, option["id"])}
                for option in offered(question["options"])
            ],
        }
        for question in asked
        if not type_of(question).asked
    ]
    return render(request, "surveys/admin/links.html", {"survey": survey, "questions": questions})
