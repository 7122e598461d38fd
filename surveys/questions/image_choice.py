"""Choice between images: each with its name, and its words for those who do not see it."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.images.blocks import ImageChooserBlock

from .base import Form, Message, QuestionBlock, Schema, check_labels, labelled, offered
from .multiple import MultipleChoice

LARGEST = "max-480x360"


class PicturedBlock(blocks.StructBlock):
    image = ImageChooserBlock(label=_("Image"), required=False)
    label = blocks.CharBlock(label=_("Name"), max_length=120, required=False, default="")
    alt = blocks.CharBlock(
        label=_("What it shows"),
        max_length=250,
        required=False,
        default="",
        help_text=_("In one sentence, for those who do not see the image."),
    )

    class Meta:
        icon = "image"


class ImageChoiceBlock(QuestionBlock):
    options = blocks.ListBlock(PicturedBlock(), label=_("Images"), max_num=20)
    several = blocks.BooleanBlock(label=_("Several may be chosen"), required=False, default=False)
    max_choices = blocks.IntegerBlock(label=_("At most"), required=False, min_value=1, max_value=20)

    class Meta:
        label = _("Choice between images")
        icon = "image"
        description = _("Images with their names; one, or several, may be chosen.")
        preview_value = {
            "wording": _("Which bench do you like best?"),
            "options": [
                {"image": None, "label": _("A bench of wood"), "alt": _("A bench of light wood with a back")},
                {"image": None, "label": _("A bench of stone"), "alt": _("A long bench of grey stone, without a back")},
            ],
        }


class ImageChoice(MultipleChoice):
    """Answered and counted like a multiple choice. The address of the image is frozen with the version."""

    name = "image_choice"
    block = ImageChoiceBlock
    exclusive = True  # where one may be chosen the counts add up to the base; too careful where several may

    def schema(self, value: Any, previous: Schema | None) -> Schema:
        options = [
            {"id": o["id"], "label": o["label"], "alt": (o["alt"] or "").strip(), **_drawn(o["image"])}
            for o in labelled(value["options"], "image", "alt")
        ]
        several = bool(value.get("several"))
        return {
            "options": options,
            "several": several,
            "min": None,
            "max": value.get("max_choices") if several else 1,
        }

    def check(self, schema: Schema) -> list[Message]:
        problems = check_labels(schema["options"])
        for option in offered(schema["options"]):
            if not option.get("src"):
                problems.append(_("Choose an image for “%(label)s”.") % option)
            if not option["alt"]:
                problems.append(_("Say what the image of “%(label)s” shows, for those who do not see it.") % option)
        return problems

    def field(self, schema: Schema, name: str, typed: Form | None) -> dict[str, Any]:
        return {"options": super().field(schema, name, typed)["options"]}

    def how(self, schema: Schema) -> Message:
        return super().how(schema) if schema["several"] else _("Tick one box.")

    def several(self, schema: Schema) -> bool:
        return bool(schema["several"])


def _drawn(image: Any) -> Schema:
    """Where the image lies in the size it is drawn in; nothing where none was chosen."""
    if image is None:
        return {}
    made = image.get_rendition(LARGEST)
    return {"src": made.url, "width": made.width, "height": made.height}
