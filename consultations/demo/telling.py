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


def ranking(wording: str, options: list[str]) -> dict[str, Any]:
    """The first options are the favourites."""
    return {"type": "ranking", "wording": wording, "options": options}


def points(wording: str, options: list[str], most: int) -> dict[str, Any]:
    """Ten points; the first options are the favourites."""
    return {"type": "points", "wording": wording, "options": options, "points": 10, "most": most, "exact": False}


def basket(wording: str, projects: list[tuple[str, int]], envelope: int, most: int) -> dict[str, Any]:
    options = [{"label": label, "cost": cost} for label, cost in projects]
    told = {"type": "basket", "wording": wording, "options": options, "envelope": envelope}
    return told | {"unit": "€", "max_choices": most}


def why(wording: str, yes: float, words: list[str]) -> dict[str, Any]:
    """Yes or no: `yes` is the share of those who say so, each of `words` the reason of one person."""
    return {"type": "yes_no", "wording": wording, "no_opinion": True, "shown": True, "yes": yes, "words": words}
