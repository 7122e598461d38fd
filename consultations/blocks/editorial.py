"""Words and pictures around the participation: text, picture, document, quote, call-out, questions and answers."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.images.blocks import ImageBlock

RICH_TEXT = ["h2", "h3", "bold", "italic", "ol", "ul", "link", "document-link"]
SHORT_RICH_TEXT = ["bold", "italic", "ul", "link"]


class TextBlock(blocks.RichTextBlock):
    def __init__(self, **kwargs):
        super().__init__(features=kwargs.pop("features", RICH_TEXT), **kwargs)

    class Meta:
        label = _("Text")
        icon = "pilcrow"
        group = _("To read")
        description = _("Paragraphs, headings, lists and links.")
        template = "consultations/blocks/text.html"
        preview_value = _(
            "<h2>Why this consultation?</h2><p>The square will be rebuilt. Tell us how you live there.</p>"
        )


class PictureBlock(blocks.StructBlock):
    image = ImageBlock(label=_("Image"))
    caption = blocks.CharBlock(label=_("Caption"), required=False, default="", max_length=250)

    class Meta:
        label = _("Picture")
        icon = "image"
        group = _("To read")
        description = _("A picture with the text that replaces it for people who do not see it.")
        template = "consultations/blocks/picture.html"
        preview_template = "consultations/blocks/previews/picture.html"
        preview_value = {"caption": _("The square on market day")}


class DocumentBlock(blocks.StructBlock):
    document = DocumentChooserBlock(label=_("Document"))
    title = blocks.CharBlock(
        label=_("What it is"), max_length=150, help_text=_("For example: the study of May, summary in plain words.")
    )

    class Meta:
        label = _("Document")
        icon = "doc-full"
        group = _("To read")
        description = _("A file to download, with its kind and size.")
        template = "consultations/blocks/document.html"
        preview_template = "consultations/blocks/previews/document.html"
        preview_value = {"title": _("The study of May, summary")}


class QuoteBlock(blocks.StructBlock):
    text = blocks.TextBlock(label=_("Quote"), max_length=600)
    author = blocks.CharBlock(label=_("Who says it"), max_length=120)

    class Meta:
        label = _("Quote")
        icon = "openquote"
        group = _("To read")
        description = _("What somebody said, and who.")
        template = "consultations/blocks/quote.html"
        preview_value = {"text": _("In summer we hurry across the square at noon."), "author": _("A resident")}


class CalloutBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("Title"), max_length=120)
    text = blocks.RichTextBlock(label=_("Text"), features=SHORT_RICH_TEXT)

    class Meta:
        label = _("Call-out")
        icon = "info-circle"
        group = _("To read")
        description = _("A few words that must not be missed.")
        template = "consultations/blocks/callout.html"
        preview_value = {"title": _("Public meeting"), "text": _("<p>Thursday at 6 pm, town hall.</p>")}


class FaqItemBlock(blocks.StructBlock):
    question = blocks.CharBlock(label=_("Question"), max_length=200)
    answer = blocks.RichTextBlock(label=_("Answer"), features=SHORT_RICH_TEXT)


class FaqBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("Title"), max_length=120, default=_("Questions and answers"))
    entries = blocks.ListBlock(FaqItemBlock(), label=_("Questions"), min_num=1)

    class Meta:
        label = _("Questions and answers")
        icon = "help"
        group = _("To read")
        description = _("Frequent questions; each answer opens with a click.")
        template = "consultations/blocks/faq.html"
        preview_value = {
            "title": _("Questions and answers"),
            "entries": [{"question": _("Who may answer?"), "answer": _("<p>Everybody who lives or works here.</p>")}],
        }
