"""Short texts of citizens, tidied up, and the same one recognised however it was typed (pure)."""

import hashlib
import re
import unicodedata

_WORD = re.compile(r"[^\W_]+")


def plain(text: str) -> str:
    """`text` without case, accents, punctuation and double spaces."""
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    return " ".join(_WORD.findall("".join(c for c in folded if not unicodedata.combining(c))))


def text_key(text: str) -> str:
    """The same 64 characters for the same sentence, however it was typed."""
    return hashlib.sha256(plain(text).encode()).hexdigest()


def tidy(text: str) -> str:
    """`text` on one line, without control characters and spaces around it; spaces that do not break are kept."""
    shown = "".join(" " if unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") else c for c in text if c != "\x00")
    return re.sub(r"[^\S\u00a0\u202f]+", " ", unicodedata.normalize("NFC", shown)).strip()
