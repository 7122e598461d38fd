"""Tables as one file that opens in a spreadsheet: XLSX, ODS, or CSV files in a ZIP; written as they come (pure).

Nothing is kept of a row once it is written: a million take no more memory than a thousand. No cell is a formula,
whatever it begins with, and every text comes back as it was.
"""

import csv
import io
import re
import zipfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple
from xml.sax.saxutils import escape, quoteattr

from .spreadsheets import FORMULA, printable, quoted

MOST_ROWS = 1_048_576  # of one sheet, in every spreadsheet program


class Sheet(NamedTuple):
    """One table: how a spreadsheet names it, its file's name as CSV, and its rows, the titles first.

    A cell is a string, a number, or None for nothing. `is_safe`: strings are `quoted` already, where it is CSV.
    """

    title: str
    name: str
    rows: Iterable[Sequence[Any]]
    is_safe: bool = False


def write_zip(path: Path, sheets: Iterable[Sheet], others: dict[str, str]) -> None:
    """Each sheet as a CSV file; `others`: more files by name."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for sheet in sheets:
            with (
                archive.open(f"{sheet.name}.csv", "w", force_zip64=True) as raw,
                io.TextIOWrapper(raw, "utf-8", newline="", write_through=False) as target,
            ):
                target.write("\ufeff")
                rows = sheet.rows if sheet.is_safe else map(_quoted, sheet.rows)
                csv.writer(target).writerows(rows)
        for name, content in others.items():
            archive.writestr(name, content)


def _quoted(row: Sequence[Any]) -> list[Any]:
    return [quoted(value) if isinstance(value, str) else value for value in row]


def write_xlsx(path: Path, sheets: Iterable[Sheet]) -> None:
    """A workbook for Excel."""
    from openpyxl import Workbook  # slow to load, and only workers need it
    from openpyxl.cell import WriteOnlyCell

    book = Workbook(write_only=True)
    for sheet in sheets:
        page = book.create_sheet(sheet.title)

        def text(value: str, page: Any = page) -> Any:
            """A text that looks like a formula, and stays a text also when somebody edits it."""
            cell = WriteOnlyCell(page, value)
            cell.data_type = "s"
            cell.quotePrefix = True
            return cell

        for row in sheet.rows:
            page.append([_xlsx_cell(value, text) for value in row])
    book.save(path)


def _xlsx_cell(value: Any, text: Callable[[str], Any]) -> Any:
    if not isinstance(value, str):
        return value
    value = printable(value)
    return text(value) if value.startswith(FORMULA) else value


_ODS_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?><office:document-content'
    ' xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
    ' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
    ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" office:version="1.2">'
    "<office:body><office:spreadsheet>"
)
_ODS_FOOT = "</office:spreadsheet></office:body></office:document-content>"
_ODS_TYPE = "application/vnd.oasis.opendocument.spreadsheet"
_ODS_MANIFEST = (
    '<?xml version="1.0" encoding="UTF-8"?><manifest:manifest manifest:version="1.2"'
    ' xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
    f'<manifest:file-entry manifest:full-path="/" manifest:version="1.2" manifest:media-type="{_ODS_TYPE}"/>'
    '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>'
)
_SPACES = re.compile("^ | {2,}")  # OpenDocument takes several for one


def write_ods(path: Path, sheets: Iterable[Sheet]) -> None:
    """A workbook for LibreOffice."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("mimetype", _ODS_TYPE, zipfile.ZIP_STORED)  # first and bare, so that programs know the file
        archive.writestr("META-INF/manifest.xml", _ODS_MANIFEST)
        with (
            archive.open("content.xml", "w", force_zip64=True) as raw,
            io.TextIOWrapper(raw, "utf-8", newline="") as target,
        ):
            target.write(_ODS_HEAD)
            for sheet in sheets:
                target.write(f"<table:table table:name={quoteattr(sheet.title)}>")
                for row in sheet.rows:
                    target.write(f"<table:table-row>{''.join(map(_ods_cell, row))}</table:table-row>")
                target.write("</table:table>")
            target.write(_ODS_FOOT)


def _ods_cell(value: Any) -> str:
    if value is None or value == "":
        return "<table:table-cell/>"
    if isinstance(value, int | float):
        return f'<table:table-cell office:value-type="float" office:value="{value}"/>'
    return f'<table:table-cell office:value-type="string">{_ods_text(printable(str(value)))}</table:table-cell>'


def _ods_text(value: str) -> str:
    """Lines are paragraphs, spaces that OpenDocument would swallow are elements; of tabs LibreOffice drops these."""
    text = escape(value)
    if "  " in text or text[:1] == " " or "\n " in text:
        lines = [_SPACES.sub(lambda m: f'<text:s text:c="{len(m[0])}"/>', line) for line in text.split("\n")]
    else:
        lines = text.split("\n")
    return "".join(f"<text:p>{line}</text:p>" for line in lines)
