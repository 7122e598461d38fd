"""What is told of rows that cannot be used: their line, the reason, the row itself."""

import csv
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TextIO

NOTED = 5  # line numbers told in a summary


class Lines:
    """How many lines something was found in, and the first of them."""

    def __init__(self) -> None:
        self.n = 0
        self.first: list[int] = []

    def add(self, line: int) -> None:
        self.n += 1
        if len(self.first) < NOTED:
            self.first.append(line)

    def __str__(self) -> str:
        return ", ".join(map(str, self.first)) + ("…" if self.n > len(self.first) else "")


class Rejects:
    """The file beside the imported one that keeps each row not used, its line and the reason; gone when there is none.

    Where its folder cannot be written to, it is in the current one, or among the temporary files.
    """

    def __init__(self, path: Path, header: Iterable[str]):
        self.path = path.with_name(f"{path.stem}.rejected.csv")
        self.lines = Lines()
        self.reasons: list[tuple[int, str]] = []
        self._header = header
        self._file: TextIO | None = None

    def __enter__(self) -> "Rejects":
        return self

    def write(self, line: int, reason: str, row: list[str]) -> None:
        if self._file is None:
            self._file = self._open()
            self._writer = csv.writer(self._file)
            self._writer.writerow(["line", "reason", *self._header])
        self._writer.writerow([line, reason, *(cell[:1000] for cell in row)])
        if len(self.reasons) < NOTED:
            self.reasons.append((line, reason))
        self.lines.add(line)

    def _open(self) -> TextIO:
        folders = [self.path.parent, Path.cwd(), Path(tempfile.gettempdir())]
        for folder in folders:
            try:
                opened = (folder / self.path.name).open("w", encoding="utf-8-sig", newline="")
            except OSError:
                if folder == folders[-1]:
                    raise
                continue
            self.path = folder / self.path.name
            return opened
        raise AssertionError("unreachable")

    def __exit__(self, *raised: Any) -> None:
        if self._file is not None:
            self._file.close()
        elif raised[0] is None:
            try:
                self.path.unlink(missing_ok=True)  # left by an earlier run
            except OSError:
                return  # a folder that cannot be written to: it is not ours
