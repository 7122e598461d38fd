"""How the demo describes questions: each with what shapes its plausible answers."""

from typing import Any

AGREEMENT = ["Tout à fait d’accord", "Plutôt d’accord", "Plutôt pas d’accord", "Pas du tout d’accord"]


def single(
    wording: str, options: list[str], *, other: bool = False, weights: list[int] | None = None, **more: Any
) -> dict[str, Any]:
    """`weights` shape the plausible answers; the same goes for the builders below."""
    return {"type": "single", "wording": wording, "options": options, "other": other, "weights": weights, **more}


def multiple(
    wording: str, options: list[str], most: int | None = None, *, other: bool = False, weights: list[int] | None = None
) -> dict[str, Any]:
    return {
        "type": "multiple",
        "wording": wording,
        "options": options,
        "max_choices": most,
        "other": other,
        "weights": weights,
    }


def grid(wording: str, rows: list[str], leanings: list[float], scale: list[str] = AGREEMENT) -> dict[str, Any]:
    """`leanings`: for each row, how many agree, from 0 to 1."""
    return {"type": "grid", "wording": wording, "rows": rows, "scale": scale, "no_opinion": True, "leanings": leanings}


def text(wording: str, words: list[str], limit: int = 600, *, shown: bool = False) -> dict[str, Any]:
    """`words`: each is written by one person; `shown`: the form promises to show them."""
    return {"type": "long_text", "wording": wording, "max_length": limit, "words": words, "shown": shown}
