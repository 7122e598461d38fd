"""Consultation pages: a promise to answer, and blocks to take part with."""

import logging
from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models.signals import post_delete
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.pages import CopyForm
from wagtail.admin.panels import FieldPanel, FieldRowPanel, HelpPanel, MultiFieldPanel, ObjectList, TabbedInterface
from wagtail.fields import StreamField
from wagtail.models import Page
from wagtail.search import index

from deliberation.models import Debate
from maps.models import Map
from moderation.models import Charter, Remit
from participation import passes
from participation.models import Scope, TakesPart
from surveys.models import Survey

from .. import answering, checks, phases
from ..blocks import BodyBlock
from ..panels import ConsultationForm, ReadinessPanel
from ..plain_words import without_accents
from .milestones import REACHED, Milestones

if TYPE_CHECKING:
    from ..showing import Shown

logger = logging.getLogger(__name__)

AWAITING = {phases.Phase.CLOSED: "awaiting", phases.Phase.LATE: "awaiting"}


class ConsultationIndexPage(Page):
    """All consultations, the open ones first."""

    introduction = models.TextField(_("introduction"), blank=True, max_length=400)

    search_fields = [*Page.search_fields, index.SearchField("introduction")]
    content_panels = [*Page.content_panels, FieldPanel("introduction")]
    parent_page_types = ["home.HomePage"]
    subpage_types = ["consultations.ConsultationPage"]
    max_count = 1
    template = "consultations/index_page.html"

    class Meta:
        verbose_name = _("list of consultations")
        verbose_name_plural = _("lists of consultations")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context(request, *args, **kwargs), "groups": by_phase()}


class DraftCopyForm(CopyForm):
    """A copy starts as a draft of its own: its dates and its promise must be given anew, its surveys copied."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("publish_copies", "alias"):
            self.fields.pop(name, None)


class ConsultationPage(Milestones, Page):
    """A consultation: what is decided and promised first, then whatever blocks the agent chose."""

    summary = models.CharField(
        _("in one sentence"), max_length=250, help_text=_("What it is about and what people can do here.")
    )
    opens_at = models.DateTimeField(_("opens at"), null=True)
    closes_at = models.DateTimeField(_("closes at"), null=True)
    decision = models.TextField(
        _("the decision"), max_length=400, help_text=_("What will be decided? For example: the programme of works.")
    )
    can_change = models.TextField(_("what can change"), max_length=400, help_text=_("What depends on the answers?"))
    fixed = models.TextField(
        _("what is already fixed, and why"), max_length=400, help_text=_("Say it now, with the reason.")
    )
    decided_by = models.CharField(_("who decides"), max_length=150, help_text=_("For example: the municipal council."))
    decision_on = models.DateField(_("day of the decision"), null=True, blank=True)
    answer_due = models.DateField(
        _("our answer comes on"), null=True, help_text=_("The page says so in public when this day is missed.")
    )
    elsewhere = models.TextField(
        _("without the internet"), blank=True, max_length=400, help_text=_("Where to find paper, help or a meeting.")
    )
    charter = models.ForeignKey(
        Charter,
        verbose_name=_("moderation charter"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text=_("The rules of speaking. Every refusal cites one of its articles."),
    )
    body = StreamField(BodyBlock(), blank=True, verbose_name=_("content"))
    scope = models.OneToOneField(Scope, on_delete=models.PROTECT, null=True, editable=False, related_name="+")

    search_fields = [
        *Page.search_fields,
        index.SearchField("summary"),
        index.SearchField("decision"),
        index.SearchField("body"),
        index.SearchField("bare_words"),
    ]
    content_panels = [
        ReadinessPanel(),
        *Page.content_panels,
        FieldPanel("summary"),
        FieldRowPanel([FieldPanel("opens_at"), FieldPanel("closes_at")], heading=_("Open from and until")),
        FieldPanel("body"),
    ]
    commitment_panels = [
        HelpPanel(
            _("<p>This card stands above the first question. People read it to know what their answers can change.</p>")
        ),
        FieldPanel("decision"),
        FieldPanel("can_change"),
        FieldPanel("fixed"),
        MultiFieldPanel(
            [FieldRowPanel([FieldPanel("decided_by"), FieldPanel("decision_on")])], heading=_("Who decides")
        ),
        FieldPanel("answer_due"),
        FieldPanel("elsewhere"),
        FieldPanel("charter"),
    ]
    edit_handler = TabbedInterface(
        [
            ObjectList(content_panels, heading=_("Page")),
            ObjectList(commitment_panels, heading=_("Our commitment")),
            ObjectList(Milestones.answer_panels, heading=_("Our answer")),
            ObjectList(Page.promote_panels, heading=_("Promote")),
            ObjectList(Page.settings_panels, heading=_("Settings")),
        ]
    )
    parent_page_types = ["consultations.ConsultationIndexPage"]
    subpage_types: list[str] = []
    exclude_fields_in_copy = ["scope", *REACHED]
    copy_form_class = DraftCopyForm
    base_form_class = ConsultationForm
    template = "consultations/consultation_page.html"

    class Meta:
        verbose_name = _("consultation")
        verbose_name_plural = _("consultations")

    def bare_words(self) -> str:
        """What is searched, without accents: PostgreSQL does not find « école » for "ecole" by itself."""
        body = self.body.stream_block.get_searchable_content(self.body)
        return without_accents(" ".join([self.title, self.summary, self.decision, *map(str, body)]))

    def tools(self) -> Iterator[TakesPart]:
        """The surveys, debates and maps to take part in on this page, in its order."""
        for block in self.body:
            if block.block_type in ("survey", "debate", "map") and (tool := block.value.get(block.block_type)):
                yield tool

    def facts(self) -> checks.Draft:
        """What the checks look at."""
        said = ("title", "summary", "decision", "can_change", "fixed", "decided_by", "elsewhere")
        return checks.Draft(
            **{name: getattr(self, name) or "" for name in said},
            opens_at=self.opens_at and self.opens_at.astimezone(self.zone),
            closes_at=self.closes_at and self.closes_at.astimezone(self.zone),
            decision_on=self.decision_on,
            answer_due=self.answer_due,
            referent=self.referent_id is not None,
            articles=self.charter.articles.count() if self.charter else 0,
        )

    def clean(self) -> None:
        super().clean()
        errors = self.milestone_errors()
        if self.answered_on and (problem := answering.problem_of(self)):
            errors.setdefault("answered_on", problem)
        errors |= {found.field: found.said for found in checks.dates(self.facts())}
        scope = self._fitting_scope()
        problems = [m for tool in self.tools() for m in _scope_problems(tool, scope)]
        if problems:
            errors["body"] = problems
        if errors:
            raise ValidationError(errors)

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.scope_id is None:
            self.scope = Scope.objects.create(live=False)
        if self.charter_id is None:
            self.charter = Charter.default()
        super().save(*args, **kwargs)

    def publish(self, revision: Any, *args: Any, **kwargs: Any) -> None:
        """Publish only what is complete, whoever asks: an agent, a workflow, a schedule or a script."""
        try:
            check_complete(revision.as_object())
        except ValidationError as error:
            if kwargs.get("log_action") != "wagtail.publish.scheduled":
                raise
            # The schedule runs through many pages: one that is not ready must not hold back the others.
            logger.error("consultation %s not published as scheduled: %s", self.pk, error.message_dict)
            return
        with transaction.atomic():
            super().publish(revision, *args, **kwargs)
            ConsultationPage.objects.get(pk=self.pk)._settle()

    def _fitting_scope(self) -> Scope | None:
        """The page's own scope, or that of a tool in which people took part on its own page before it came here."""
        answered = [tool for tool in self.tools() if tool.scope_id != self.scope_id and tool.is_taken()]
        if len(answered) != 1 or self._has_taken_tools():
            return self.scope
        taken = ConsultationPage.objects.filter(scope_id=answered[0].scope_id).exclude(pk=self.pk).exists()
        return self.scope if taken else answered[0].scope

    def _has_taken_tools(self) -> bool:
        return any(
            tool.is_taken() for kind in (Survey, Debate, Map) for tool in kind.objects.filter(scope_id=self.scope_id)
        )

    def _settle(self) -> None:
        """Give the scope the page's window, and bring its tools into it."""
        scope = self._fitting_scope()
        if scope and scope.pk != self.scope_id:
            self.scope = scope
            ConsultationPage.objects.filter(pk=self.pk).update(scope=scope)
        Remit.place(self.scope, self, self.charter)
        Scope.objects.filter(pk=self.scope_id).update(live=self.live, opens_at=self.opens_at, closes_at=self.closes_at)
        for tool in self.tools():
            tool.join_scope(self.scope)

    def unpublish(self, *args: Any, **kwargs: Any) -> None:
        super().unpublish(*args, **kwargs)
        Scope.objects.filter(pk=self.scope_id).update(live=False)

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        first = next(self.tools(), None)
        kind = {Survey: "survey", Debate: "debate", Map: "map"}.get(type(first), "tool")
        drawn = {block.block_type for block in self.body}
        more = {"phase": self.phase(), "steps": self.steps(), "drawn": drawn, "shown": self.shown}
        return {**context, kind: first, **more}

    @cached_property
    def shown(self) -> "Shown":
        """What everybody sees of what became of it; asked for once, however many blocks draw it."""
        from ..showing import Shown, shown_of

        return shown_of(self) if self.pk else Shown((), ())

    def key_figures(self, wanted: Collection[str]) -> list[tuple[str, int, int | None]]:
        """(what, how many, of how many) for the figures that the site counts itself."""
        from ..figures import key_figures

        return key_figures(self, wanted)

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if clean := passes.settled(request):
            return redirect(clean)
        with timezone.override(self.zone):
            response = super().serve(request, *args, **kwargs)
            if isinstance(response, TemplateResponse):
                response.render()  # here, so that hours are those of where it is held
        kinds = {type(tool) for tool in self.tools()}
        if (
            kinds or self.shown.answered
        ):  # each form carries a token of its own; a debate shows the visitor's own votes and code as well
            personal = Debate in kinds or passes.is_personal(request)
            response["Cache-Control"] = "private, no-store" if personal else "private, no-cache"
        return response


@receiver(post_delete, sender=ConsultationPage)
def close_scope(instance: ConsultationPage, **kwargs: Any) -> None:
    """No intake for a consultation that is gone, also when it went with its parent: then no `delete` is called."""
    Scope.objects.filter(pk=instance.scope_id).update(live=False)


def _scope_problems(tool: TakesPart, scope: Scope | None) -> list[str]:
    try:
        tool.check_scope(scope)
    except ValidationError as error:
        return error.messages
    return []


def check_complete(draft: ConsultationPage) -> None:
    """Raise ValidationError by field when `draft` lacks what a consultation owes before it goes online."""
    errors: dict[str, Any] = {found.field: found.said for found in checks.check(draft.facts()) if found.stops}
    try:
        draft.clean()
    except ValidationError as error:
        errors |= error.message_dict
    if errors:
        raise ValidationError(errors)


def by_phase() -> dict[str, list[ConsultationPage]]:
    """The published consultations by phase, in one query: {"open", "coming", "awaiting", "answered"}."""
    groups: dict[str, list[ConsultationPage]] = {"open": [], "coming": [], "awaiting": [], "answered": []}
    for page in ConsultationPage.objects.live().public().defer_streamfields().order_by("closes_at"):
        phase = page.phase()
        name = "answered" if phase in phases.ANSWERED else AWAITING.get(phase, phase.value)
        groups[name].append(page)
    groups["answered"].reverse()
    return groups
