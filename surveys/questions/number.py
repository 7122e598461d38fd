"""Number between two bounds, with its unit; counted in bins fine enough for exact medians wherever that is possible."""

from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from .base import Answer, AnswerError, Blank, Form, Message, Paper, QuestionBlock, QuestionType, Schema
from .quantiles import summary

FINE_BINS = 1000  # up to so many distinct values a bin is a single value
MAX_BINS = 5000
DRAWN_BINS = 10


class NumberBlock(QuestionBlock):
    minimum = blocks.DecimalBlock(label=_("Smallest number accepted"), default=0, max_digits=12, decimal_places=2)
    maximum = blocks.DecimalBlock(label=_("Greatest number accepted"), default=100, max_digits=12, decimal_places=2)
    decimals = blocks.IntegerBlock(label=_("Digits after the decimal point"), default=0, min_value=0, max_value=2)
    unit = blocks.CharBlock(label=_("Unit"), required=False, default="", max_length=30, help_text=_("For example: km"))

    class Meta:
        label = _("Number")
        icon = "decimal"
        description = _("A number between two bounds, with its unit.")
        preview_value = {
            "wording": _("How many minutes is your way to work?"),
            "minimum": 0,
            "maximum": 180,
            "decimals": 0,
            "unit": _("minutes"),
        }


class Number(QuestionType):
    """The answer is a number with the schema's decimals. Bin i covers [i × bin, (i + 1) × bin)."""

    name = "number"
    block = NumberBlock
    comparison = "number"
    figure = "histogram"
    by_channel = False

    def schema(self, value: Any, previous: Schema | None) -> Schema:
        low, high, decimals = Decimal(value["minimum"]), Decimal(value["maximum"]), int(value["decimals"] or 0)
        step = Decimal(1).scaleb(-decimals)
        # A bin width once chosen stays: another one would change what is already counted.
        width = previous["bin"] if previous else str(_bin_width(low, high, step))
        bounds = {"min": str(low), "max": str(high), "counted": [str(low), str(high)]}
        return bounds | {"decimals": decimals, "unit": value.get("unit", ""), "bin": width}

    def check(self, schema: Schema) -> list[Message]:
        if Decimal(schema["min"]) >= Decimal(schema["max"]):
            return [_("The smallest number must be below the greatest.")]
        if len(self._bins(schema)) > MAX_BINS:
            return [_("These bounds are too far apart for the answers already given. Make a new question instead.")]
        return []

    def merge(self, schema: Schema, previous: Schema) -> None:
        lows, highs = zip(schema["counted"], previous["counted"], strict=True)
        schema["counted"] = [min(lows, key=Decimal), max(highs, key=Decimal)]

    def field(self, schema: Schema, name: str, typed: Form | None) -> dict[str, Any]:
        low, high = _show(Decimal(schema["min"])), _show(Decimal(schema["max"]))
        return {**super().field(schema, name, typed), "low": low, "high": high}

    def read(self, schema: Schema, name: str, form: Form) -> Answer:
        typed = form.one(name).strip().replace("\u202f", "").replace("\xa0", "").replace(" ", "").replace(",", ".")
        if not typed:
            return None
        try:
            value = Decimal(typed) if len(typed) <= 40 else Decimal("NaN")
        except InvalidOperation:
            value = Decimal("NaN")
        low, high = Decimal(schema["min"]), Decimal(schema["max"])
        if not value.is_finite():
            raise AnswerError(_("Write a number in figures, for example 12."), name)
        if not low <= value <= high:
            raise AnswerError(
                _("Write a number between %(low)s and %(high)s.") % {"low": _show(low), "high": _show(high)}, name
            )
        if value != round(value, schema["decimals"]):
            raise AnswerError(_("Write at most %(n)d digits after the point.") % {"n": schema["decimals"]}, name)
        return int(value) if value == value.to_integral_value() else float(value)

    def said(self, schema: Schema, answer: Answer) -> list[str]:
        return [f"{answer} {schema['unit']}".strip()]

    def _bins(self, schema: Schema) -> range:
        width = Decimal(schema["bin"])
        low, high = (_floor(Decimal(bound), width) for bound in schema["counted"])
        return range(low, high + 1)

    def cell_names(self, schema: Schema) -> list[str]:
        return [f"v:{schema['id']}:{i}" for i in self._bins(schema)]

    def cells(self, schema: Schema, answer: Answer) -> list[str]:
        return [f"v:{schema['id']}:{_floor(Decimal(str(answer)), Decimal(schema['bin']))}"]

    def tabulate(self, schema: Schema, count: Any, base: int) -> dict[str, Any]:
        width, unit = Decimal(schema["bin"]), schema["unit"]
        counts = {i: n for i in self._bins(schema) if (n := count(f"v:{schema['id']}:{i}"))}
        exact = width == Decimal(1).scaleb(-schema["decimals"])
        middle = Decimal(0) if exact else width / 2
        values = {i * width + middle: n for i, n in counts.items()}
        return {
            "options": _histogram(counts, width, exact, unit),
            "summary": summary(values),
            "precision": None if exact else float(width),
            "unit": unit,
        }

    def paper(self, schema: Schema) -> Paper:
        bounds = {"low": _show(Decimal(schema["min"])), "high": _show(Decimal(schema["max"]))}
        return Paper(_("A number between %(low)s and %(high)s.") % bounds, blanks=[Blank(unit=schema["unit"])])


def _floor(value: Decimal, width: Decimal) -> int:
    quotient, rest = divmod(value, width)  # Decimal rounds towards zero; bins go on below it
    return int(quotient) - (rest < 0)


def _bin_width(low: Decimal, high: Decimal, step: Decimal) -> Decimal:
    """`step` when that makes at most FINE_BINS bins, else the next round width: 1, 2 or 5 times a power of ten."""
    width = step
    for factor in _round_factors():
        width = step * factor
        if (high - low) / width <= FINE_BINS:
            break
    return width


def _round_factors():
    power = 1
    while True:
        yield from (power, 2 * power, 5 * power)
        power *= 10


def _histogram(counts: dict[int, int], width: Decimal, exact: bool, unit: str) -> list[dict[str, Any]]:
    """At most DRAWN_BINS + 1 bars of equal, round width over the values that occur."""
    if not counts:
        return []
    first, last = min(counts), max(counts)
    factor = next(f for f in _round_factors() if (last - first + 1) / f <= DRAWN_BINS)
    bars = range(first // factor, last // factor + 1)
    suffix = f" {unit}" if unit else ""
    result = []
    for bar in bars:
        low, high = bar * factor * width, (bar + 1) * factor * width
        end = high - width if exact else high
        label = f"{_show(low)}{suffix}" if exact and factor == 1 else f"{_show(low)} – {_show(end)}{suffix}"
        n = sum(counts.get(i, 0) for i in range(bar * factor, (bar + 1) * factor))
        result.append({"id": f"{_show(low)}..{_show(end)}", "label": label, "count": n})
    return result


def _show(number: Decimal) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
