"""Words without accents, as people type them on a phone (pure)."""

import unicodedata


def without_accents(text: str) -> str:
    """`text` with each accented letter replaced by its bare one: "école" becomes "ecole"."""
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
