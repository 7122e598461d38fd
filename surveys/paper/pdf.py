"""PDF by Typst: tagged, with title and language (PDF/UA-1). What people wrote comes as data, never as markup."""

import json
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import typst
from django.core.files.storage import default_storage

_FONTS = str(files("font_source_sans_pro") / "files")
_HERE = Path(__file__).parent


def draw(name: str, data: dict[str, Any], pictures: tuple[str, ...] = ()) -> bytes:
    """The PDF that `<name>.typ` makes of `data`; `pictures`: names in the storage, read as picture-0, picture-1…"""
    return _drawn(name, json.dumps(data, ensure_ascii=False, default=str), pictures)


@lru_cache(maxsize=32)
def _drawn(name: str, data: str, pictures: tuple[str, ...]) -> bytes:
    with TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "main.typ").write_bytes((_HERE / f"{name}.typ").read_bytes())
        (root / "data.json").write_text(data, encoding="utf-8")
        for n, picture in enumerate(pictures):
            with default_storage.open(picture) as file:
                (root / f"picture-{n}").write_bytes(file.read())
        return typst.compile(root / "main.typ", root=root, format="pdf", font_paths=[_FONTS], pdf_standards=["ua-1"])


forget = _drawn.cache_clear
