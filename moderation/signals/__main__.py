"""python -m moderation.signals FILE.csv [--mistakes]: precision and recall on texts with their expected kinds."""

import argparse
from pathlib import Path

from .measuring import mistakes, read, table


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m moderation.signals", description=__doc__)
    parser.add_argument("file", type=Path, help="columns text, kinds (apart by spaces), alike, part")
    parser.add_argument("--mistakes", action="store_true", help="list them, of the texts seen")
    chosen = parser.parse_args()
    lines = read(chosen.file)
    print(table(lines))
    if chosen.mistakes:
        for sign, kind, text in mistakes(line for line in lines if line.part == "seen"):
            print(f"{sign} {kind:9} {text}")


if __name__ == "__main__":
    main()
