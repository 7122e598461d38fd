"""What debates add to Wagtail's admin: effects and advice on the edit screen, a copy, and the texts to read."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

import django_filters
from django import forms
from django.conf import settings
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import CharField, DateField, QuerySet, Value
from django.db.models.functions import Cast, Coalesce
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.text import format_lazy
from django.utils.translation import gettext, ngettext, override
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from wagtail.admin import messages
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.paginator import WagtailPaginator
from wagtail.admin.panels import Panel
from wagtail.admin.utils import get_valid_next_url_from_request
from wagtail.admin.views.generic.base import BaseListingView

from moderation.signals import signals_of
from participation import trust

from . import linting, statements
from .desk import STATES, Seen, kinds_for, load, settle, texts_in
from .models import Argument, Debate, Statement
from .publishing import check, effects, seeds_of
from .statements import Text


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


@permission_required("deliberation.add_debate")
def copy_debate(request: HttpRequest, pk: int) -> HttpResponse:
    """A copy to use in another consultation: same statements to begin with and rules, no votes."""
    original = get_object_or_404(Debate, pk=pk)
    if request.method != "POST":
        return render(request, "deliberation/admin/copy.html", {"debate": original})
    copy = original.copy_for_use_elsewhere()
    copy.save_revision(user=request.user, log_action=True)
    messages.success(request, _("“%(title)s” is ready to edit.") % {"title": copy.title})
    return redirect(reverse(Debate.snippet_viewset.get_url_name("edit"), args=[copy.pk]))


# Article of the charter (see home/migrations/0002_fresh_install.py) → what it says, in a few words.
CHARTER = {
    1: _("it is not about the subject"),
    2: _("it insults or targets a person or a group"),
    3: _("it gives a name, an address or other personal information"),
    4: _("it advertises, or was sent again and again"),
    5: _("it is against the law"),
}
LONGEST_WORDS = 200  # of the moderator's own; with the article they must fit in `refused_because`


class DeskFilters(WagtailFilterSet):
    state = django_filters.ChoiceFilter(
        label=_("State"), choices=list(STATES.items()), empty_label=_("To read"), method="leave"
    )
    debate = django_filters.ModelChoiceFilter(
        label=_("Debate"), queryset=Debate.objects.only("title").order_by("-pk"), empty_label=_("All debates")
    )

    class Meta:
        model = Statement  # to please the library: the view hands it texts of each kind in turn
        fields: list[str] = []

    def leave(self, texts: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return texts  # the view chose them by state already


class TextPaginator(WagtailPaginator):
    verbose_name, verbose_name_plural = _("text"), _("texts")


class DeskView(BaseListingView):
    """The texts to read, oldest first, of both kinds; as many queries for fifty as for one."""

    page_title = _("Texts to read")
    header_icon = "glasses"
    template_name = "deliberation/admin/desk.html"
    results_template_name = "deliberation/admin/desk_results.html"
    index_url_name = "deliberation_desk"
    index_results_url_name = "deliberation_desk_results"
    filterset_class = DeskFilters
    paginate_by = 50
    paginator_class = TextPaginator

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not kinds_for(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def state(self) -> str:
        chosen = self.request.GET.get("state", "")
        return chosen if chosen in STATES else ""

    def get_queryset(self) -> QuerySet[Any]:
        first, *others = [self._rows(kind) for kind in kinds_for(self.request.user)]
        return first.union(*others, all=True).order_by("day", "kind", "id_text")

    def _rows(self, kind: str) -> QuerySet[Any]:
        """Of each text enough to put it in its place: two tables can be joined end to end only in like columns."""
        day = "proposed_on" if kind == "statement" else "written_on"
        return (
            self.filter_queryset(texts_in(kind, self.state))
            .order_by()
            .annotate(
                kind=Value(kind, output_field=CharField()),
                id_text=Cast("pk", CharField()),
                day=Coalesce(day, Value(date.min), output_field=DateField()),
            )
            .values("kind", "id_text", "day")
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return {
            **context,
            "texts": [_row(text) for text in load([(row["kind"], row["id_text"]) for row in context["object_list"]])],
            "state": self.state,
            "here": self._here(),
        }

    def _here(self) -> str:
        """Where to come back to after deciding: this list, as it is filtered."""
        query = self.request.GET.copy()
        query.pop("_w_filter_fragment", None)
        return f"{self.index_url}?{query.urlencode()}"


def _row(text: Text) -> dict[str, Any]:
    argument = text if isinstance(text, Argument) else None
    return {
        "text": text,
        "key": str(Seen.of(text)),
        "argument": argument,
        "on": text.written_on if argument else text.proposed_on,
        "unread": text.status == "published" and not text.read and getattr(text, "origin", "") != "import",
        "signals": signals_of(text.text),
    }


@require_POST
def decide(request: HttpRequest) -> HttpResponse:
    """Publish the text whose button was pressed, or those ticked; a refusal first asks why."""
    back = get_valid_next_url_from_request(request) or reverse("deliberation_desk")
    act = next((name for name in ("publish", "refuse") if name in request.POST), None)
    chosen = Seen.parse([request.POST[act]] if act else request.POST.getlist("text"))
    act = act or request.POST.get("act")
    if act not in ("publish", "refuse"):
        return redirect(back)
    if not chosen:
        messages.warning(request, _("Tick at least one text."))
        return redirect(back)
    if act == "refuse":
        query = QueryDict(mutable=True)
        query.setlist("text", [str(seen) for seen in chosen])
        query["next"] = back
        return redirect(f"{reverse('deliberation_desk_refuse')}?{query.urlencode()}")
    done = _settle(request, chosen, lambda texts: statements.publish(texts, request.user))
    if done:
        said = ngettext("%(n)d text published.", "%(n)d texts published.", done) % {"n": done}
        messages.success(request, said)
    return redirect(back)


class RefusalForm(forms.Form):
    """Why a text is not shown: an article of the charter, and a few words if need be. The author reads both."""

    article = forms.TypedChoiceField(
        label=_("Article of the charter"),
        coerce=int,
        choices=[(n, format_lazy("{}. {}", n, said)) for n, said in CHARTER.items()],
        widget=forms.RadioSelect,
    )
    words = forms.CharField(
        label=_("In your own words"),
        help_text=_("If you wish: what to change for the text to be shown."),
        max_length=LONGEST_WORDS,
        required=False,
    )

    def reason(self) -> str:
        """As the author will read it, in the site's language and not the moderator's."""
        article = self.cleaned_data["article"]
        with override(settings.LANGUAGE_CODE):
            said = gettext("Charter, article %(n)d: %(said)s.") % {"n": article, "said": CHARTER[article]}
        return f"{said} {self.cleaned_data['words']}".strip()


def refuse(request: HttpRequest) -> HttpResponse:
    """Ask why, then refuse."""
    back = get_valid_next_url_from_request(request) or reverse("deliberation_desk")
    chosen = Seen.parse((request.POST or request.GET).getlist("text"))
    _check_may_decide(request, chosen)
    texts = load([(seen.kind, seen.pk) for seen in chosen])
    if not texts:
        messages.warning(request, _("Tick at least one text."))
        return redirect(back)
    form = RefusalForm(request.POST or None)
    if form.is_valid():
        reason = form.reason()
        done = _settle(request, chosen, lambda texts: statements.refuse(texts, reason, request.user))
        if done:
            said = ngettext("%(n)d text refused.", "%(n)d texts refused.", done) % {"n": done}
            messages.success(request, said)
        return redirect(back)
    shown = {"form": form, "texts": [_row(text) for text in texts], "chosen": chosen, "next": back}
    return render(request, "deliberation/admin/refuse.html", shown)


def _settle(request: HttpRequest, chosen: list[Seen], act: Callable[[list[Text]], object]) -> int:
    """How many texts were decided on; says what could not be done."""
    _check_may_decide(request, chosen)
    outcome = settle(chosen, act)
    for problem in outcome.problems:
        messages.error(request, problem)
    if outcome.late:
        said = ngettext(
            "%(n)d text was decided on by somebody else meanwhile: it stays as they decided.",
            "%(n)d texts were decided on by somebody else meanwhile: they stay as decided.",
            outcome.late,
        )
        messages.warning(request, said % {"n": outcome.late})
    return outcome.done


def _check_may_decide(request: HttpRequest, chosen: Iterable[Seen]) -> None:
    if not {seen.kind for seen in chosen} <= set(kinds_for(request.user)):
        raise PermissionDenied
