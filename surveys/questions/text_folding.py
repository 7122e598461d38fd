"""Texts as people compare them: clean, and folded so that two writings of the same words are equal (pure)."""

import re
import unicodedata

# The Unicode categories Cc and Cs, but for tab and newline.
_UNWANTED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


def clean_text(text: str) -> str:
    """`text` in NFC, lines ended by \\n, without control characters or lone surrogates that no database takes."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    return _UNWANTED.sub("", text).strip()


def fold(label: str) -> str:
    """`label` as two writings of it compare: whatever the case, the kind of space and the kind of apostrophe."""
    return " ".join(clean_text(label).replace("’", "'").split()).casefold()
