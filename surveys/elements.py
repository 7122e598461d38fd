"""What stands between the questions of a survey: sections, information, page breaks. Nothing is answered there.

A version that holds any keeps its order in schema["layout"]: [{"kind", "id", …its own keys}], where a question
is {"kind": "question", "id"}.
"""

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from .questions import Schema
from .questions.conditions import OnlyIfBlock, only_if


class SectionBlock(blocks.StructBlock):
    """Begins a part of the survey: all that follows, up to the next section, belongs to it."""

    title = blocks.CharBlock(label=_("Title"), max_length=120)
    text = blocks.TextBlock(label=_("A few words below"), required=False, default="", max_length=1000)
    only_if = OnlyIfBlock(required=False)

    class Meta:
        label = _("Section")
        icon = "title"
        group = _("Structure")
        description = _("A title, and all questions up to the next one; it can be shown only to some.")
        preview_value = {"title": _("Your journeys"), "text": _("Five questions on how you come and go.")}


class InformationBlock(blocks.StructBlock):
    """Something to read before the next question. Nothing is asked, nothing is stored."""

    text = blocks.TextBlock(label=_("Text"), max_length=2000)
    only_if = OnlyIfBlock(required=False)

    class Meta:
        label = _("Information")
        icon = "info-circle"
        group = _("Structure")
        description = _("A text to read; nothing to answer.")
        preview_value = {"text": _("The square will be closed from March to June.")}


class PageBreakBlock(blocks.StaticBlock):
    """Where a new page begins."""

    class Meta:
        label = _("Page break")
        icon = "horizontalrule"
        group = _("Structure")
        admin_text = _("A new page begins here, unless all questions stand on one page.")
        description = _("Begins a new page.")


ELEMENTS: dict[str, type[blocks.Block]] = {
    "section": SectionBlock,
    "information": InformationBlock,
    "page_break": PageBreakBlock,
}


def freeze_layout(stream: Any) -> list[Schema]:
    """The order of questions and elements in the editor's stream; empty where there are only questions."""
    layout = [_freeze(block) for block in stream]
    return layout if any(item["kind"] != "question" for item in layout) else []


def _freeze(block: Any) -> Schema:
    kind, id_ = block.block_type, str(block.id)
    if kind not in ELEMENTS:
        return {"kind": "question", "id": id_}
    item: Schema = {"kind": kind, "id": id_}
    if kind != "page_break":
        item |= {name: (block.value[name] or "").strip() for name in ("title", "text") if name in block.value}
        if rule := only_if(block.value["only_if"]):
            item["only_if"] = rule
    return item


def layout_of(schema: Schema) -> list[Schema]:
    """Questions and elements of a version, in order."""
    asked = [{"kind": "question", "id": q["id"]} for q in schema["questions"] if not q.get("withdrawn")]
    return schema.get("layout") or asked
