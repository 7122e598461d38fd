"""G8: counting every stored response from zero beside DuckDB on the same answers in parquet."""

import json
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

import duckdb
import numpy

from counting import reconcile
from counting.models import Tool
from surveys.forms import CompiledSurvey, compiled_live

from . import million, serving
from .machine import medians
from .table import Row

MEGABYTES = 300
OTHER_PROCESS = """
import json, sys
import django
django.setup()
from counting import reconcile
from counting.models import Tool

def most():
    return int(open("/proc/self/status").read().partition("VmHWM:")[2].split()[0]) / 1024

tool = Tool.objects.get(pk=int(sys.argv[1]))
before = most()
reconcile.recount(tool)
print(json.dumps({"before": before, "after": most()}))
"""


def from_zero() -> Row:
    survey, choices = million.survey_with(million.SIZE)
    made, tool = compiled_live(survey), survey.tool
    with tempfile.TemporaryDirectory() as folder:
        parquet = str(Path(folder, "answers.parquet"))
        _write(choices, parquet)
        duck = duckdb.connect(config={"threads": 2})
        sides = {"floor": lambda: _read(duck, made, parquet), "ours": lambda: reconcile.recount(tool)}
        equal = _cells(duck, made, parquet) == reconcile.recount(tool) and not reconcile.compare(tool)
        taken = medians(sides, rounds=5)
    memory = _memory(tool)
    ratio = taken["ours"] / taken["floor"]
    return Row(
        f"G8 recount of {million.SIZE:,}",
        f"{taken['floor']:.2f} s",
        f"{taken['ours']:.2f} s",
        f"{ratio:.1f}",
        f"≤ 8, equal, ≤ {MEGABYTES} MB",
        ratio <= 8 and equal and memory["after"] <= MEGABYTES,
        f"{'equal to DuckDB in every cell, and to the tallies' if equal else 'DIFFERENT FROM DUCKDB'}; "
        f"a process that recounts uses {memory['after']:.0f} MB at the most, {memory['before']:.0f} MB before it",
    )


def _write(choices: million.Choices, path: str) -> None:
    columns = {f"q{i}": numpy.frombuffer(c, dtype=numpy.uint8) for i, c in enumerate(choices.columns.values())}
    duck = duckdb.connect()
    duck.register("answers", columns)
    duck.execute(f"COPY (SELECT * FROM answers) TO '{path}' (FORMAT parquet)")


def _asked(survey: CompiledSurvey) -> list[tuple[str, dict]]:
    return [(f"q{i}", q) for i, q in enumerate(q for q in survey.questions if q["type"] != "long_text")]


def _read(duck: duckdb.DuckDBPyConnection, survey: CompiledSurvey, path: str) -> list[list[tuple]]:
    """Every answer of every question, counted by DuckDB in two passes over the file."""
    single = [name for name, q in _asked(survey) if q["type"] != "multiple"]
    sets = ", ".join(f"({name})" for name in single)
    bits = [
        f"count(*) FILTER ({name} & {1 << i} <> 0)"
        for name, q in _asked(survey)
        if q["type"] == "multiple"
        for i in range(len(q["options"]))
    ]
    empty = [f"count(*) FILTER ({name} = 0)" for name, q in _asked(survey) if q["type"] == "multiple"]
    return [
        duck.execute(f"SELECT {', '.join(single)}, count(*) FROM '{path}' GROUP BY GROUPING SETS ({sets})").fetchall(),
        duck.execute(f"SELECT {', '.join([*bits, *empty])}, count(*) FROM '{path}'").fetchall(),
    ]


def _cells(duck: duckdb.DuckDBPyConnection, survey: CompiledSurvey, path: str) -> Counter[int]:
    """What DuckDB counted, by our cell numbers: computed from the file alone."""
    grouped, ((*sums, total),) = _read(duck, survey, path)
    cells: Counter[str] = Counter({"n": total, "c:web": total, "t:open": total})
    single = [q for _name, q in _asked(survey) if q["type"] != "multiple"]
    for *values, n in grouped:
        place, value = next((i, v) for i, v in enumerate(values) if v is not None)
        question = single[place]
        part = f"o:{question['id']}:{question['options'][value]['id']}" if question["type"] == "single" else ""
        cells[part or f"v:{question['id']}:{value}"] += n
        cells[f"q:{question['id']}"] += n
    multiple = [q for _name, q in _asked(survey) if q["type"] == "multiple"]
    for question in multiple:
        for option in question["options"]:
            cells[f"o:{question['id']}:{option['id']}"] = sums.pop(0)
    for question in multiple:
        empty = sums.pop(0)
        cells[f"-:{question['id']}"], cells[f"q:{question['id']}"] = empty, total - empty
    text = next(q for q in survey.questions if q["type"] == "long_text")
    cells[f"q:{text['id']}"] = total
    return Counter({survey.number_of(name): n for name, n in cells.items() if n})


def _memory(tool: Tool) -> dict[str, float]:
    """Of a process of its own that does nothing else, in megabytes."""
    command = [sys.executable, "-W", "ignore", "-c", OTHER_PROCESS, str(tool.pk)]
    told = subprocess.run(command, cwd=serving.ROOT, capture_output=True, text=True, check=True)
    return json.loads(told.stdout)
