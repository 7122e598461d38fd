"""Contrast of colours, as WCAG 2.2 computes it (pure)."""

import re

HEX = re.compile(r"#[0-9a-fA-F]{6}")
AA = 4.5


def channels(colour: str) -> tuple[int, int, int]:
    """(red, green, blue), 0 to 255, of "#rrggbb". Raises ValueError for anything else."""
    if not HEX.fullmatch(colour):
        raise ValueError(colour)
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def luminance(colour: str) -> float:
    """Relative luminance, 0 to 1 (WCAG 2.2, definition of relative luminance)."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (v / 255 for v in channels(colour))]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def ratio(a: str, b: str) -> float:
    """Contrast ratio of two colours, 1 to 21."""
    dark, light = sorted((luminance(a), luminance(b)))
    return (light + 0.05) / (dark + 0.05)


def lightened_until_readable(colour: str, background: str, least: float = AA) -> str:
    """`colour` mixed with just enough white to reach `least` on `background`; white if nothing less will do."""
    for step in range(21):
        mixed = "#" + "".join(f"{round(c + (255 - c) * step / 20):02x}" for c in channels(colour))
        if ratio(mixed, background) >= least:
            return mixed
    return "#ffffff"
