"""Documents: PDF only, kept as they came and so only ever handed out to be saved (pure)."""

from django.utils.translation import gettext as _

PDF = "application/pdf"


def is_pdf(data: bytes) -> bool:
    """Begins as a PDF and ends as one; what begins as something else too is none."""
    return data.startswith((b"%PDF-1.", b"%PDF-2.")) and b"%%EOF" in data[-1024:]


def too_big() -> str:
    return _("This file is too big: 10 MB at most. Choose a smaller one.")


def wanted() -> str:
    return _("Send a PDF, or a photo in JPEG, PNG, WebP or HEIC.")
