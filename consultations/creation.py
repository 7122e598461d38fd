"""Making a consultation in one go: from a kind of process, or from another consultation, without anybody's answers."""

import uuid
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.models import Page

from deliberation.models import Debate
from maps.models import Map
from moderation.models import Article, Charter
from participation.models import TakesPart
from surveys.definitions import import_definition
from surveys.models import Survey

from .kinds import Kind
from .models import ConsultationPage, Theme

# The rules that are proposed where an authority has no charter of its own yet: each as people read it before they
# write, and as a refusal names it.
CHARTER = [
    ("Parlez du sujet de la consultation.", "hors du sujet"),
    ("N’insultez personne. Ne visez pas une personne ou un groupe.", "insulte ou vise une personne ou un groupe"),
    (
        "N’écrivez ni nom, ni adresse, ni téléphone, ni information de santé.",
        "donne un nom, une adresse ou une autre information personnelle",
    ),
    ("Pas de publicité, pas d’envois répétés.", "publicité, ou envoi répété"),
    ("Respectez la loi.", "contraire à la loi"),
]


@transaction.atomic
def create(kind: Kind, told: dict[str, Any], parent: Page, user: Any, key: uuid.UUID) -> ConsultationPage:
    """A draft page below `parent` with what people take part in, as `kind` proposes it and `told` says.

    `told` are fields of the page. `key` came with the form: the same form sent twice is one consultation. What people
    take part in is published where `user` may: nobody sees it before the page is.
    """
    if made := ConsultationPage.objects.filter(translation_key=key).first():
        return made
    page = ConsultationPage(**told, live=False, owner=user, translation_key=key, charter=_charter())
    parent.add_child(instance=page)
    tool = _debate(kind, page) if kind.debate else _survey(kind, page)
    _offer(tool, page, user)
    for theme in kind.themes:
        Theme.add_to(page, title=theme)
    page.body = ConsultationPage._meta.get_field("body").stream_block.to_python(_body(kind, tool))
    page.save_revision(user=user, log_action="wagtail.create")
    return page


def _charter() -> Charter:
    if found := Charter.default():
        return found
    made = Charter.objects.create(title="Charte de modération")
    for order, (text, short) in enumerate(CHARTER):
        Article.objects.create(charter=made, sort_order=order, text=text, short=short)
    return made


def _survey(kind: Kind, page: ConsultationPage) -> Survey:
    return import_definition({"title": page.title[:200], **(kind.survey or {})})


def _debate(kind: Kind, page: ConsultationPage) -> Debate:
    told: dict[str, Any] = kind.debate or {}
    debate = Debate(title=page.title[:200], introduction=told["introduction"], live=False)
    seeds = [_block("statement", text) for text in told["statements"]]
    debate.seeds = Debate._meta.get_field("seeds").stream_block.to_python(seeds)
    debate.save()
    debate.save_revision()
    return Debate.objects.get(pk=debate.pk)


def _offer(tool: Survey | Debate | Map, page: ConsultationPage, user: Any) -> None:
    """Bring `tool` into the scope of `page`, which is not live: published there, it is open to nobody yet."""
    tool.join_scope(page.scope)
    publish = f"{tool._meta.app_label}.publish_{tool._meta.model_name}"
    if user is None or user.has_perm(publish):
        tool.latest_revision.publish(user=user)


def _body(kind: Kind, tool: TakesPart) -> list[dict[str, Any]]:
    entries = [_block("item", {"question": question, "answer": answer}) for question, answer in kind.faq]
    if isinstance(tool, Debate):
        tools = [
            _block("debate", {"debate": tool.pk}),
            _block("debate_results", {"debate": tool.pk, "title": "Ce qui unit, ce qui divise"}),
        ]
    else:
        results = {"survey": tool.pk, "title": "Ce que vous nous dites"}
        tools = [_block("survey", {"survey": tool.pk}), _block("results", results)]
    return [
        _block("text", kind.intro),
        *tools,
        _block("faq", {"title": "Questions et réponses", "entries": entries}),
    ]


def _block(kind: str, value: Any) -> dict[str, Any]:
    return {"type": kind, "id": str(uuid.uuid4()), "value": value}


# What a copy keeps. Its dates and the day of its answer are a promise, to be given anew.
KEPT = ("summary", "decision", "can_change", "fixed", "decided_by", "elsewhere", "charter", "referent", "time_zone")


@transaction.atomic
def clone(original: ConsultationPage, user: Any) -> ConsultationPage:
    """A draft beside `original` with copies of its surveys and debates: no answers, no dates, no promise."""
    parent, original = original.get_parent(), original.get_latest_revision_as_object()
    title = _("%(title)s (copy)") % {"title": original.title[:240]}
    copy = ConsultationPage(title=title, owner=user, live=False, **{name: getattr(original, name) for name in KEPT})
    parent.add_child(instance=copy)
    _copy_themes(original, copy)
    copies: dict[tuple[str, int], int] = {}
    body = [_with_copies(block, copies, copy, user) for block in original.body.get_prep_value()]
    copy.body = ConsultationPage._meta.get_field("body").stream_block.to_python(body)
    copy.save_revision(user=user, log_action="wagtail.create", clean=False)
    return copy


def _copy_themes(original: ConsultationPage, copy: ConsultationPage) -> None:
    """The titles alone: what people said of them, and what was answered, stays with the original."""
    made: dict[str, Theme] = {}
    for theme in original.themes.order_by("path"):
        made[theme.path] = Theme.add_to(copy, made.get(theme.root_path), title=theme.title)


def _with_copies(raw: dict[str, Any], copies: dict[tuple[str, int], int], page: Any, user: Any) -> dict[str, Any]:
    """`raw`, a block of the body, about the copy of its survey or debate; the same copy for all that are about one."""
    value = {**raw["value"]} if isinstance(raw["value"], dict) else raw["value"]
    for name, model in (("survey", Survey), ("debate", Debate), ("map", Map)):
        if isinstance(value, dict) and (pk := value.get(name)):
            if (name, pk) not in copies:
                copies[name, pk] = _copy_of(model.objects.get(pk=pk), page, user)
            value[name] = copies[name, pk]
    return {**raw, "value": value, "id": str(uuid.uuid4())}


def _copy_of(tool: Survey | Debate | Map, page: ConsultationPage, user: Any) -> int:
    copy = tool.get_latest_revision_as_object().copy_for_use_elsewhere()
    copy.title = tool.title
    copy.save()
    copy.save_revision(user=user)
    copy = type(copy).objects.get(pk=copy.pk)
    _offer(copy, page, user)
    return int(copy.pk)
