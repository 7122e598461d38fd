"""The one table a run prints: goal, floor, ours, ratio, target, verdict."""

from typing import NamedTuple

HEAD = ("goal", "floor", "ours", "ratio", "target", "verdict")


class Row(NamedTuple):
    """One line. `holds` is the verdict; `note` says what else was measured, under the table."""

    goal: str
    floor: str
    ours: str
    ratio: str
    target: str
    holds: bool
    note: str = ""

    def cells(self) -> tuple[str, ...]:
        return (*self[:5], "reached" if self.holds else "missed")


def draw(rows: list[Row]) -> str:
    lines = [HEAD, *(row.cells() for row in rows)]
    widths = [max(len(line[i]) for line in lines) for i in range(len(HEAD))]
    drawn = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |" for line in lines
    ]
    drawn.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    notes = [f"{row.goal.split()[0]}: {row.note}" for row in rows if row.note]
    return "\n".join([*drawn, "", *notes])
