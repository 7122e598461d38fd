"""QR codes, made here: no other site learns who takes part."""

import io

import segno


def svg(text: str) -> str:
    """To stand in a page or a file; it scales with what is around it."""
    return _code(text).svg_inline(border=2, omitsize=True, svgclass=None, lineclass=None)


def svg_file(text: str) -> bytes:
    return _written(text, "svg", scale=10)


def png(text: str) -> bytes:
    """For word processors: 20 pixels a module prints well on a poster."""
    return _written(text, "png", scale=20)


def _code(text: str) -> segno.QRCode:
    return segno.make(text, error="m", micro=False)


def _written(text: str, kind: str, scale: int) -> bytes:
    out = io.BytesIO()
    _code(text).save(out, kind=kind, border=4, scale=scale)
    return out.getvalue()
