"""Deciding on many texts at once: what it does is shown first, and nothing foreign or stale slips in."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail.admin import messages
from wagtail.admin.views.bulk_action import BulkAction

from .. import decisions, rights
from ..models import Article, Decision, Item
from ..registry import Refused
from . import filters
from .desk import dress
from .reading import already, number

Act = Decision.Act
MOST = 500  # at a time: each is a decision of its own, and somebody waits for the page


class BulkForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("In your own words"),
        help_text=gettext_lazy("Read by the authors."),
        max_length=decisions.LONGEST_REASON,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class BulkRefusalForm(BulkForm):
    """`articles`: those of the one charter that holds for all the texts chosen."""

    article = forms.ModelChoiceField(
        label=gettext_lazy("Article of the charter"),
        queryset=Article.objects.none(),
        widget=forms.RadioSelect,
        empty_label=None,
        error_messages={"required": gettext_lazy("Choose the article that these texts break.")},
    )
    field_order = ["article", "reason"]

    def __init__(self, *args: Any, articles: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["article"].queryset = articles if articles is not None else Article.objects.none()
        self.fields["article"].label_from_instance = lambda article: article.short


class ItemBulkAction(BulkAction):
    """What the two have in common: the user's own items only, as they stood on the screen, each decided on alone."""

    template_name = "moderation/admin/bulk.html"
    act = ""
    form_class = BulkForm

    models = [Item]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not rights.may_anywhere(request.user):
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def get_actionable_objects(self) -> tuple[list[Item], dict[str, list[Item]]]:
        return self.asked_for, {"items_with_no_access": []}

    @cached_property
    def asked_for(self) -> list[Item]:
        """All that were ticked, or 404: a text of somebody else's consultation does not exist for this user."""
        asked = self.request.GET.getlist("id")
        if "all" in asked:
            found = filters.ordered(filters.chosen(self.request), filters.order_of(self.request))
            return self._dressed(found)
        ids = {number(one) for one in asked}
        found = self._dressed(rights.items_for(self.request.user).filter(pk__in=ids).order_by("arrived_at", "pk"))
        if len(found) < min(len(ids), MOST):
            raise Http404
        return found

    def _dressed(self, items: QuerySet[Item]) -> list[Item]:
        return dress(list(items.select_related("scope__remit__charter", "forwarded_to", "claimed_by")[:MOST]))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        items = [entry["item"] for entry in context["items"]]
        able = [item for item in items if self.act_on(item) in decisions.acts_for(item)]
        return {
            **context,
            "chosen": able,
            "left_out": [item for item in items if item not in able],
            "shown_now": sum(1 for item in able if item.is_shown),
            "most": MOST if len(items) == MOST else 0,
            "action": self,
            "button": self.display_name,
        }

    def act_on(self, item: Item) -> str:
        return self.act

    def choice(self, item: Item) -> decisions.Choice:
        return decisions.Choice(self.act_on(item), reason=self.cleaned_form.cleaned_data["reason"])

    def execute_action(self, objects: list[Item], **kwargs: Any) -> tuple[int, int]:  # type: ignore[override]
        """Each text that the preview showed is decided on as it stood there; the others stay as they are."""
        pairs = (pair.partition(":") for pair in self.request.POST.getlist("seen"))
        seen = {pk: number(version) for pk, _colon, version in pairs}
        done = 0
        for item in [item for item in objects if str(item.pk) in seen]:
            try:
                decisions.decide(item, self.choice(item), self.request.user, seen[str(item.pk)])
                done += 1
            except decisions.Late as late:
                messages.warning(self.request, already(late))
            except decisions.Held as held:
                messages.warning(self.request, _("%(name)s is reading one of these texts.") % {"name": held.by})
            except Refused as refused:
                messages.error(self.request, refused.message)
        return done, 0


class PublishTexts(ItemBulkAction):
    display_name = gettext_lazy("Publish")
    aria_label = gettext_lazy("Publish the ticked texts")
    action_type = "publish_texts"
    action_priority = 10
    act = str(Act.PUBLISH)

    def get_success_message(self, num_parent_objects: int, num_child_objects: int) -> str:
        return ngettext("%(n)d text published.", "%(n)d texts published.", num_parent_objects) % {
            "n": num_parent_objects
        }


class RefuseTexts(ItemBulkAction):
    display_name = gettext_lazy("Refuse")
    aria_label = gettext_lazy("Refuse the ticked texts, or take them off")
    action_type = "refuse_texts"
    action_priority = 20
    classes = {"serious"}
    form_class = BulkRefusalForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "articles": self._articles()}

    def _articles(self) -> Any:
        """Those of the charter that all the chosen texts share; none where they belong to several."""
        remits = {item.scope.remit for item in self.asked_for}
        ids = {charter.pk for charter in (remit.the_charter() for remit in remits) if charter}
        return Article.objects.filter(charter__in=ids) if len(ids) == 1 else Article.objects.none()

    def act_on(self, item: Item) -> str:
        return str(Act.HIDE if item.is_shown else Act.REFUSE)

    def choice(self, item: Item) -> decisions.Choice:
        data = self.cleaned_form.cleaned_data
        return decisions.Choice(self.act_on(item), article=data["article"], reason=data["reason"])

    def get_success_message(self, num_parent_objects: int, num_child_objects: int) -> str:
        return ngettext("%(n)d text refused.", "%(n)d texts refused.", num_parent_objects) % {"n": num_parent_objects}
