"""The opinion groups at their gates: quality on real conversations, time and memory on synthetic ones.

    python -m tests.bench.opinion_groups [--big]

`--big` adds a million people, and red-dwarf at 100,000. RED_DWARF_PYTHON names an interpreter with red-dwarf in it,
which is then timed on the same votes in the same run. Times are CPU seconds of one thread, from arrays to map.
"""

import csv
import inspect
import os
import resource
import subprocess
import sys
import time
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
from scipy.optimize import linear_sum_assignment

from deliberation.opinion_groups import Votes, analyse, predict

from .table import Row, draw

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
CONVERSATIONS = (
    "american-assembly.bowling-green",
    "brexit-consensus",
    "scoop-hivemind.biodiversity",
    "vtaiwan.uberx",
)
ENGINES = ("classic", "ideal")
SIZES = ((10_000, 300, 150_000), (100_000, 500, 1_500_000))
MILLION = (1_000_000, 1_000, 10_400_000)
SHARES = np.array([0.4, 0.3, 0.2, 0.1])
FORETOLD = {"scoop-hivemind.biodiversity": 0.31, "vtaiwan.uberx": 0.36}


def main(arguments: list[str]) -> None:
    if arguments[:1] == ["--one"]:
        return print(_one(arguments[1], *map(int, arguments[2:])))
    big = "--big" in arguments
    rows = []
    if DATA.is_dir():
        rows += [*_foretelling(), *_orders(), *_streams(), *_cpu()]
    else:
        print(f"no conversations in {DATA}: their gates are left out")
    rows += [*_planted(), *_sizes(big)]
    return print(draw(rows))


def conversation(name: str) -> tuple[np.ndarray, list[int], bool]:
    """Votes (participant, statement, value) in time order [3, n], statements that are in, and whether time is known."""
    with (DATA / name / "votes.csv").open(newline="") as file:
        rows = [(r["participant_id"], r["statement_id"], r["vote"], r["timestamp"] or 0) for r in csv.DictReader(file)]
    with (DATA / name / "statements.csv").open(newline="") as file:
        kept = [int(r["statement_id"]) for r in csv.DictReader(file) if r["moderated"] != "-1"]
    cast = np.array(rows, np.int64).T
    return cast[:3, np.argsort(cast[3], kind="stable")], kept, bool(cast[3].any())


def _foretelling() -> list[Row]:
    rows = []
    for name in CONVERSATIONS:
        cast, kept, _ = conversation(name)
        votes = Votes.of(*cast, kept)
        who, what = votes.participant_ids[votes.participant], votes.statement_ids[votes.statement]
        losses = []
        for seed in range(3):
            hidden = np.random.default_rng(seed).random(len(who)) < 0.2
            seen, asked = Votes.of(who[~hidden], what[~hidden], votes.value[~hidden], kept), hidden & (votes.value != 0)
            known = asked & np.isin(who, seen.participant_ids[np.unique(seen.without_passes().participant)])
            for engine in ENGINES:
                p = predict(analyse(seen, engine), seen, who[asked], what[asked])
                loss = -np.log(np.where(votes.value[asked] > 0, p, 1 - p))
                losses += [loss.mean(), loss[known[asked]].mean()]
        groups, _, ideal, known = np.array(losses).reshape(3, 4).mean(axis=0)
        most = FORETOLD.get(name, groups)
        note = f"{known:.4f} among people with a vote left"
        goal = f"hidden votes, log loss: {name}"
        rows.append(_row(goal, groups, ideal, f"≤ {most:.2f}, < groups", ideal <= most and ideal < groups, note))
    return rows


def _orders() -> list[Row]:
    rows = []
    for engine in ENGINES:
        likeness = []
        for name in CONVERSATIONS:
            cast, kept, _ = conversation(name)
            who, what, value = _distinct(cast)
            groups = []
            for seed in range(6):
                random = np.random.default_rng(seed)
                order, names = random.permutation(len(who)), random.permutation(who.max() + 1)
                found = analyse(Votes.of(names[who[order]], what[order], value[order], kept), engine)
                at = found.person(names)
                groups.append(np.where(at >= 0, found.group[at], -1))
            likeness += [adjusted_rand(groups[0], other) for other in groups[1:]]
        mean, worst = np.mean(likeness), min(likeness)
        goal, target = f"other order of arrival, ARI mean/worst: {engine}", "≥ .99 / ≥ .95"
        rows.append(Row(goal, "", f"{mean:.3f} / {worst:.3f}", "", target, mean >= 0.99 and worst >= 0.95))
    return rows


def _streams() -> list[Row]:
    rows = []
    for engine in ENGINES:
        each = {name: stream(name, engine) for name in CONVERSATIONS if conversation(name)[2]}
        kept, worst, changes = np.mean(list(each.values()), axis=0)
        ours = f"{kept:.3f} / {worst:.3f} / {changes:.2f}"
        note = "; ".join(f"{name} {k:.3f} {w:.3f} {c:.0f}" for name, (k, w, c) in each.items())
        holds = kept >= 0.97 and worst >= 0.8 and changes <= 0.5
        goal = f"streaming, kept / worst / changes of k: {engine}"
        rows.append(Row(goal, "", ours, "", "≥ .97 / ≥ .80 / ≤ .5", holds, note))
    return rows


def stream(name: str, engine: str) -> tuple[float, float, int]:
    """(share of people who keep their group per 5 % of the votes, the same in the worst step, changes of k)."""
    cast, kept, _ = conversation(name)
    before, shares, ks = None, [], []
    for step in range(1, 21):
        votes = Votes.of(*cast[:, : cast.shape[1] * step // 20], kept)
        now = analyse(votes, engine, before)
        if before is not None:
            at = before.person(now.participant_ids)
            both = (at >= 0) & (now.group >= 0) & (before.group[at] >= 0)
            table = np.zeros((5, 5))
            np.add.at(table, (now.group[both], before.group[at[both]]), 1)
            shares.append(table[linear_sum_assignment(-table)].sum() / max(both.sum(), 1))
        before = now
        ks.append(now.k)
    return float(np.mean(shares)), float(min(shares)), int(np.count_nonzero(np.diff(ks)))


def _cpu() -> list[Row]:
    cast, kept, _ = conversation(CONVERSATIONS[0])
    rows = []
    for engine, cold_target, warm_target in (("classic", 0.3, 0.3), ("ideal", 1.0, 0.1)):
        cold, warm, before = [], [], None
        for _ in range(5):
            start = time.process_time()
            before = analyse(Votes.of(*cast, kept), engine)
            cold.append(time.process_time() - start)
        for _ in range(5):
            start = time.process_time()
            analyse(Votes.of(*cast, kept), engine, before)
            warm.append(time.process_time() - start)
        c, w = float(np.median(cold)), float(np.median(warm))
        target = f"≤ {cold_target} / ≤ {warm_target}"
        goal = f"bowling-green, CPU s cold / warm: {engine}"
        rows.append(Row(goal, "", f"{c:.3f} / {w:.3f}", "", target, c <= cold_target and w <= warm_target))
    return rows


def _planted() -> list[Row]:
    rows = []
    for statements in (100, 200):
        found = {e: [] for e in ENGINES}
        for people in (300, 1000, 3000):
            for density in (0.05, 0.15, 0.3, 0.6):
                for k in (2, 3, 4):
                    for seed in range(3):
                        cast, truth = plant(people, statements, density, k, seed)
                        votes = Votes.of(*cast)
                        for engine in ENGINES:
                            made = analyse(votes, engine)
                            found[engine].append(adjusted_rand(made.group, truth[made.participant_ids]))
        by_density = np.reshape(found["ideal"], (3, 4, 9)).mean(axis=(0, 2))
        floor, ours = np.mean(found["classic"]), np.mean(found["ideal"])
        note = "ideal by density .05 .15 .3 .6: " + " ".join(f"{each:.2f}" for each in by_density)
        rows.append(_row(f"planted groups, ARI, {statements} statements", floor, ours, "≥ .40", ours >= 0.4, note))
    return rows


def plant(people: int, statements: int, density: float, k: int, seed: int) -> tuple[tuple[np.ndarray, ...], np.ndarray]:
    """Votes of k groups sized .4/.3/.2/.1, whose members differ in agreeableness by one logit; and the true group."""
    random = np.random.default_rng([people, statements, int(100 * density), k, seed])
    group = random.choice(k, people, p=SHARES[:k] / SHARES[:k].sum())
    logit = random.normal(0.5, 1, statements) + random.normal(0, 1, (k, statements))
    lean = random.normal(0, 1, people)
    who, what = np.nonzero(random.random((people, statements)) < density)
    agrees = random.random(len(who)) < 1 / (1 + np.exp(-logit[group[who], what] - lean[who]))
    value = np.where(random.random(len(who)) < 0.1, 0, np.where(agrees, 1, -1))
    return (who, what, value), group


def _sizes(big: bool) -> list[Row]:
    rows = []
    red_dwarf = os.environ.get("RED_DWARF_PYTHON")
    for size in (*SIZES, MILLION) if big else SIZES:
        floor = "-"
        if red_dwarf and (size == SIZES[0] or (big and size == SIZES[1])):
            floor = _subprocess([red_dwarf, "-c", RED_DWARF, *map(str, size)])
        for engine in ENGINES:
            command = [sys.executable, "-m", "tests.bench.opinion_groups", "--one", engine, *map(str, size)]
            ours = _subprocess(command)
            cpu, peak, votes = (float(each) for each in ours.split())
            ratio = f"{cpu / float(floor.split()[0]):.3f}" if floor != "-" else ""
            most, memory = {"classic": (6, 1000), "ideal": (12, 1000)}[engine]
            goal = f"{size[0]:,} × {size[1]:,}, {votes:,.0f} votes, CPU s / peak MB: {engine}"
            target = f"≤ {most} / ≤ {memory:,}" if size == MILLION else "-"
            holds = size != MILLION or (cpu <= most and peak <= memory)
            said = "-" if floor == "-" else "{:.1f} / {:.0f}".format(*map(float, floor.split()[:2]))
            rows.append(Row(goal, said, f"{cpu:.2f} / {peak:.0f}", ratio, target, holds))
    return rows


def _subprocess(command: list[str]) -> str:
    root = Path(__file__).resolve().parents[2]
    return subprocess.run(command, check=True, capture_output=True, text=True, cwd=root).stdout.strip().splitlines()[-1]


def _one(engine: str, people: int, statements: int, votes: int) -> str:
    """CPU seconds, peak MB of the process and number of votes of one cold run, in a process of its own."""
    who, what, value = synthetic(people, statements, votes)
    start = time.process_time()
    cast = Votes.of(who, what, value)
    del who, what, value
    analyse(cast, engine)
    taken = time.process_time() - start
    return f"{taken} {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024} {len(cast.value)}"


def synthetic(people: int, statements: int, votes: int) -> tuple["np.ndarray", ...]:
    """Heavy-tailed votes per person and per statement, of four groups; numpy alone, as another interpreter runs it."""
    random = np.random.default_rng(8)
    active, popular = random.lognormal(0, 1.2, people), random.lognormal(0, 0.8, statements)
    group = random.choice(4, people, p=[0.4, 0.3, 0.2, 0.1]).astype(np.int8)
    logit = (random.normal(0, 1, (4, statements)) + random.normal(0.5, 1, statements)).astype(np.float32)
    each = np.minimum(np.maximum(1, np.round(active / active.sum() * votes)).astype(int), statements)
    who = np.repeat(np.arange(people, dtype=np.int32), each)
    reach = np.cumsum(popular) / popular.sum()
    what, value = np.empty(len(who), np.int32), np.empty(len(who), np.int8)
    for first in range(0, len(who), 1 << 20):
        some = slice(first, first + (1 << 20))
        n = len(who[some])
        what[some] = np.searchsorted(reach, random.random(n)).clip(0, statements - 1)
        agrees = random.random(n) < 1 / (1 + np.exp(-logit[group[who[some]], what[some]]))
        value[some] = np.where(random.random(n) < 0.1, 0, np.where(agrees, 1, -1))
    return who, what, value


RED_DWARF = f"""
import resource, sys, time
import numpy as np
from reddwarf.implementations import polis
{inspect.getsource(synthetic)}
who, what, value = (each.tolist() for each in synthetic(*map(int, sys.argv[1:])))
keys = ("participant_id", "statement_id", "vote", "modified")
last = {{(p, s): v for p, s, v in zip(who, what, value)}}
votes = [dict(zip(keys, (p, s, v, i))) for i, ((p, s), v) in enumerate(last.items())]
start = time.process_time()
polis.run_pipeline(votes=votes, random_state=1)
print(time.process_time() - start, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""


def _distinct(cast: np.ndarray) -> np.ndarray:
    """The last vote of each pair, so that rows may be shuffled."""
    reverse = cast[:, ::-1]
    _, first = np.unique(reverse[:2], axis=1, return_index=True)
    return reverse[:, first]


def adjusted_rand(one: np.ndarray, other: np.ndarray) -> float:
    """Adjusted Rand index of two labellings (Hubert, Arabie 1985)."""
    labels = [np.unique(each, return_inverse=True)[1] for each in (one, other)]
    table = np.zeros([each.max() + 1 for each in labels])
    np.add.at(table, tuple(labels), 1)
    together, a, b = ((n * (n - 1) / 2).sum() for n in (table, table.sum(axis=1), table.sum(axis=0)))
    by_chance, most = a * b / (len(one) * (len(one) - 1) / 2), (a + b) / 2
    return float((together - by_chance) / (most - by_chance)) if most != by_chance else 1.0


def _row(goal: str, floor: float, ours: float, target: str, holds: bool, note: str = "") -> Row:
    return Row(goal, f"{floor:.3f}", f"{ours:.3f}", f"{ours / floor:.2f}", target, bool(holds), note)


if __name__ == "__main__":
    main(sys.argv[1:])
