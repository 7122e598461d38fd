"""Workbooks: no formula cell whatever people typed, and every text as it was."""

import csv
import io
import re
import shutil
import subprocess
import zipfile
from xml.etree import ElementTree

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from counting.spreadsheets import quoted, unquoted
from counting.workbooks import Sheet, write_ods, write_xlsx, write_zip

NASTY = [
    "=1+1", '=HYPERLINK("http://evil.example";"ici")', "+33 6 12 34", "-2+3", "@SUM(A1)", "\t=1", "＝1+1", "=", "'=1",
    "''-1", "-5", "-5,25", "12", "a\nb", "deux  espaces", "trois   et\n  quatre", "tab\tici", "<b>&amp;</b>", "é€𝔘",
    "fin\uffff", "]]>", "'", "_x0041_", "DDE(\"cmd\";\"/C calc\")",
]  # fmt: skip
ODS = "{urn:oasis:names:tc:opendocument:xmlns:%s:1.0}%s"


def sheet() -> Sheet:
    return Sheet("Réponses", "reponses", [["=titre", "nombre", "rien"], *([text, 3, ""] for text in NASTY)])


def as_stored(text: str) -> str:
    return text.replace("\uffff", "\ufffd")


def test_xlsx(tmp_path):
    write_xlsx(tmp_path / "x.xlsx", [sheet(), Sheet("Deux", "deux", [["a"]])])
    book = openpyxl.load_workbook(tmp_path / "x.xlsx")
    rows = list(book["Réponses"].iter_rows())
    assert [row[0].value for row in rows] == ["=titre", *map(as_stored, NASTY)]
    assert {row[0].data_type for row in rows} == {"s"} and rows[1][1].value == 3
    assert b"<f>" not in zipfile.ZipFile(tmp_path / "x.xlsx").read("xl/worksheets/sheet1.xml")


def ods_text(cell: ElementTree.Element) -> str:
    """The text of a cell as OpenDocument says it is to be read: spaces collapse, elements stand for spaces."""

    def walk(element: ElementTree.Element) -> str:
        found = re.sub("[ \n]+", " ", element.text or "")
        for child in element:
            if child.tag == ODS % ("text", "s"):
                found += " " * int(child.get(ODS % ("text", "c"), "1"))
            found += re.sub("[ \n]+", " ", child.tail or "")
        return found

    return "\n".join(walk(p) for p in cell)


def test_ods(tmp_path):
    write_ods(tmp_path / "x.ods", [sheet(), Sheet("Deux", "deux", [["a"]])])
    archive = zipfile.ZipFile(tmp_path / "x.ods")
    assert archive.infolist()[0].filename == "mimetype" and archive.infolist()[0].compress_type == zipfile.ZIP_STORED
    tables = list(ElementTree.fromstring(archive.read("content.xml")).iter(ODS % ("table", "table")))
    rows = [list(row) for row in tables[0]]
    assert [ods_text(row[0]) for row in rows] == ["=titre", *map(as_stored, NASTY)]
    assert {row[0].get(ODS % ("office", "value-type")) for row in rows} == {"string"}
    assert rows[1][1].get(ODS % ("office", "value")) == "3"
    assert not any(ODS % ("table", "formula") in cell.attrib for cell in tables[0].iter())


def test_zip(tmp_path):
    write_zip(tmp_path / "x.zip", [sheet()], {"lisez.txt": "é"})
    archive = zipfile.ZipFile(tmp_path / "x.zip")
    rows = list(csv.reader(io.StringIO(archive.read("reponses.csv").decode("utf-8-sig"))))
    assert [unquoted(row[0]) for row in rows] == ["=titre", *NASTY]
    assert not [row[0] for row in rows if row[0][:1] in "=+@\t" or re.match("-[^0-9]|-2[+]", row[0])]
    assert archive.read("lisez.txt").decode() == "é"


@given(st.text(alphabet="'=+-@\t１5,.a ＝"))
def test_what_is_quoted_comes_back(text):
    assert unquoted(quoted(text)) == text


@pytest.mark.parametrize("text", ["=1", "+1 2", "@a", "''=1"])
def test_formulas_are_quoted(text):
    assert quoted(text) == f"'{text}"


# To UTF-8, comma, double quotes, what is in the cells and not how it is shown, the first sheet.
AS_CSV = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,false,false,false,1"


@pytest.mark.parametrize("write", [write_xlsx, write_ods])
def test_libreoffice_reads_what_the_csv_file_says(tmp_path, write):
    """The texts are read back as text: what begins like a formula, too."""
    office = shutil.which("soffice") or shutil.which("libreoffice")
    if not office:
        pytest.skip("no LibreOffice on this machine")
    file = tmp_path / f"reponses.{write.__name__.removeprefix('write_')}"
    write(file, [sheet()])
    home = f"-env:UserInstallation=file://{tmp_path}/home"
    command = [office, home, "--headless", "--convert-to", AS_CSV, "--outdir", str(tmp_path), str(file)]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    (made,) = tmp_path.glob("*.csv")
    with made.open(encoding="utf-8-sig", newline="") as source:
        found = [row[0] for row in csv.reader(source)]
    write_zip(tmp_path / "ours.zip", [sheet()], {})
    ours = csv.reader(io.StringIO(zipfile.ZipFile(tmp_path / "ours.zip").read("reponses.csv").decode("utf-8-sig")))
    assert found == [as_stored(unquoted(row[0])) for row in ours]
