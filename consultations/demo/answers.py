"""Plausible citizens: seeded, varied, with leanings that make their answers hang together."""

import random
from typing import Any

from surveys.forms import CompiledSurvey
from surveys.questions import Schema

Typed = dict[str, list[str]]


WRITTEN = {"short_text", "long_text", "yes_no"}
ALIKE = 2  # people who write the same few words


class Respondent:
    """Fills one form after the other, each as another of `people`; the same seed gives the same crowd."""

    def __init__(self, seed: int, people: int):
        self.random = random.Random(seed)  # noqa: S311 - a demo, not a secret
        self.left = people
        self.unwritten: dict[str, list[str]] = {}  # by question, what somebody is still to write

    def fill(self, compiled: CompiledSurvey, told: list[dict[str, Any]]) -> Typed:
        """What one person types into the form of `compiled`; `told` is the demo's description of its questions."""
        leaning = self.random.gauss(0, 1)
        typed: Typed = {}
        for question, hints in zip(compiled.questions, told, strict=True):
            if question["required"] or question["type"] in WRITTEN or self.random.random() > 0.06:
                name = compiled.names[question["id"]]
                typed |= getattr(self, f"_{question['type']}")(question, hints, name, leaning)
        self.left -= 1
        return typed

    def _single(self, question: Schema, hints: dict[str, Any], name: str, leaning: float) -> Typed:
        options = question["options"]
        weights = (hints.get("weights") or [1] * len(options))[: len(options)]
        weights += [1] * (len(options) - len(weights))
        return {name: [self.random.choices(options, weights)[0]["id"]]}

    _demographic = _single

    def _yes_no(self, question: Schema, hints: dict[str, Any], name: str, leaning: float) -> Typed:
        share = hints["yes"]
        said = {name: [self.random.choices(["yes", "no", "none"], [share, 0.95 - share, 0.05])[0]]}
        reason = self._write(question, hints["words"], name)
        return said | ({f"{name}_reason": reason[name]} if reason else {})

    def _rating(self, question: Schema, hints: dict[str, Any], name: str, leaning: float) -> Typed:
        return {name: [str(min(5, max(1, round(self.random.gauss(hints["mean"] + leaning / 3, 0.9)))))]}

    def _ranking(self, question: Schema, hints: dict[str, Any], name: str, leaning: float) -> Typed:
        """Favourites stand first in the list: the further down, the rarer in front."""
        places = range(1, len(question["options"]) + 1)
        order = sorted(places, key=lambda place: self.random.gauss(place, len(places) / 2))
        return {f"{name}_{place}": [str(rank)] for rank, place in enumerate(order, 1)}

    def _points(self, question: Schema, hints: dict[str, Any], name: str, leaning: float) -> Typed:
        typed, left = dict[str, list[str]](), question["points"]
        for place in range(1, len(question["options"]) + 1):
            given = min(left, question["most"], max(0, round(self.random.gauss(3.4 - 0.5 * place, 1.5))))
            left -= given
            typed[f"{name}_{place}"] = [str(given) if given else ""]
        return typed

    def _basket(self, question: Schema, hints: dict[str, Any], name: str, leaning: float) -> Typed:
        chosen, left = list[str](), question["envelope"]
        for option in self.random.sample(question["options"], len(question["options"])):
            if option["cost"] <= left and len(chosen) < question["max"]:
                chosen.append(option["id"])
                left -= option["cost"]
        return {name: chosen}

    def _time(self, question: Schema, hints: dict[str, Any], name: str, leaning: float) -> Typed:
        return {
            name: [f"{round(self.random.gauss(hints['around'], 0.9)) % 24}h{self.random.choice(['00', '15', '30'])}"]
        }

    def _multiple(self, question: Schema, hints: dict[str, Any], name: str, leaning: float) -> Typed:
        options = question["options"]
        weights = (hints.get("weights") or [35] * len(options))[: len(options)]
        weights += [4] * (len(options) - len(weights))
        chosen = [o["id"] for o, w in zip(options, weights, strict=True) if self.random.random() * 100 < w]
        self.random.shuffle(chosen)
        return {name: chosen[: question["max"] or len(chosen)]}

    def _grid(self, question: Schema, hints: dict[str, Any], name: str, leaning: float) -> Typed:
        steps = [s for s in question["scale"] if s["id"] != "none"]
        typed = {}
        for number, agree in enumerate(hints["leanings"], 1):
            if self.random.random() < 0.07:
                typed[f"{name}_{number}"] = ["none" if len(question["scale"]) > len(steps) else steps[0]["id"]]
                continue
            pull = agree + (0.22 if number % 2 else -0.22) * leaning * (1 - abs(2 * agree - 1))
            place = min(len(steps) - 1, max(0, int((1 - pull + self.random.gauss(0, 0.22)) * len(steps))))
            typed[f"{name}_{number}"] = [steps[place]["id"]]
        return typed

    def _scale(self, question: Schema, hints: dict[str, Any], name: str, leaning: float) -> Typed:
        return {name: [str(min(10, max(0, round(self.random.gauss(hints["mean"] + leaning, 1.8)))))]}

    _nps = _scale

    def _number(self, question: Schema, hints: dict[str, Any], name: str, leaning: float) -> Typed:
        low, high = float(question["min"]), float(question["max"])
        value = min(high, max(low, self.random.gammavariate(2.2, hints["mean"] / 2.2)))
        return {name: [f"{value:.{question['decimals']}f}"]}

    def _short_text(self, question: Schema, hints: dict[str, Any], name: str, leaning: float) -> Typed:
        return self._write(question, hints["words"] * ALIKE, name)

    def _long_text(self, question: Schema, hints: dict[str, Any], name: str, leaning: float) -> Typed:
        return self._write(question, hints["words"], name)

    def _write(self, question: Schema, words: list[str], name: str) -> Typed:
        """Each of `words` is written once, by anybody: most people leave such questions empty."""
        unwritten = self.unwritten.setdefault(question["id"], self.random.sample(words, len(words)))
        return {name: [unwritten.pop()]} if self.random.random() * self.left < len(unwritten) else {}

    def _location(self, question: Schema, hints: dict[str, Any], name: str, leaning: float) -> Typed:
        """The first districts of the list are the most peopled."""
        zones = question["ask"]["zones"]
        chosen = self.random.choices(zones, range(len(zones), 0, -1))[0]
        return {f"{name}_place": [chosen["id"]]}

    def _photo(self, question: Schema, hints: dict[str, Any], name: str, leaning: float) -> Typed:
        return {}

    _file = _email = _photo  # nobody sends files or addresses to the demo

    def _date(self, question: Schema, hints: dict[str, Any], name: str, leaning: float) -> Typed:
        year = int(self.random.choice(hints["words"])) + self.random.randint(-3, 2)
        day, month = self.random.randint(1, 28), self.random.randint(1, 12)
        return {f"{name}_day": [str(day)], f"{name}_month": [str(month)], f"{name}_year": [str(year)]}
