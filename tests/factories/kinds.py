"""Each question type written a second time, sharing no code with the engine's: what it may ask, what people answer and
how a browser sends that, what should be counted, what should stand in a CSV file, what conditions compare.
"""

import random
import statistics
import uuid
from collections import Counter
from datetime import date, timedelta
from itertools import combinations
from typing import Any

from django.utils.translation import gettext
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file

from geography import grid
from surveys.questions.hidden import sign
from uploads import store

Question = dict[str, Any]
Answer = Any
START = date(2020, 1, 1)
WORDS = ["un arbre", "deux bancs", "rien", "=1+1", "a ; b, « c »"]


class Kind:
    """A type whose answer is a number or a text under one input."""

    operators: tuple[str, ...] = ()
    required = True  # may an answer be needed?

    def ask(self, dice: random.Random) -> Question:
        return {}

    def answer(self, dice: random.Random, q: Question) -> Answer:
        raise NotImplementedError

    def typed(self, q: Question, name: str, answer: Answer) -> dict[str, list[str]]:
        return {name: [str(answer)]}

    def value(self, dice: random.Random, q: Question) -> Any:
        """What a condition may name."""
        return dice.randint(1, 9)

    def meets(self, q: Question, answer: Answer, operator: str, value: Any) -> bool:
        found = {"is": answer == value, "is_not": answer != value, "greater": answer > value, "less": answer < value}
        return found[operator]

    def figures(self, q: Question, answers: list[Answer], entry: dict[str, Any]) -> None:
        """Assert that `entry` says what `answers` (without the empty ones) add up to."""
        assert not entry.get("options")

    def exported(self, q: Question, answers: list[Answer]) -> dict[tuple[str, str], int]:
        """(label of the row, id of the option) → count, as they should stand in the table of figures."""
        return {}

    def cells(self, q: Question, answer: Answer) -> list[str]:
        """What stands in the columns of a CSV file; None: left empty."""
        return ["" if answer is None else str(answer)]


class Counted(Kind):
    """A type of which each answer falls on some of a list of things that are counted."""

    def fills(self, q: Question, answer: Answer) -> list[str]:
        return [str(answer)]

    def figures(self, q: Question, answers: list[Answer], entry: dict[str, Any]) -> None:
        counts = Counter(thing for answer in answers for thing in self.fills(q, answer))
        assert {o["id"]: o["count"] for o in entry["options"] if o["count"]} == dict(counts), (q, answers)
        for option in entry["options"]:
            share = option["count"] / len(answers) if answers else 0.0
            assert abs(option["share"] - share) < 0.0001

    def exported(self, q: Question, answers: list[Answer]) -> dict[tuple[str, str], int]:
        counts = Counter(thing for answer in answers for thing in self.fills(q, answer))
        return {("", thing): n for thing, n in counts.items()}


class Choice(Counted):
    operators = ("is", "is_not")
    several = other = False

    def ask(self, dice: random.Random) -> Question:
        n, tag = dice.randint(2, 4), dice.randint(10, 99)
        found = {"options": [{"id": f"o{i}", "label": f"choix {i} de {tag}"} for i in range(n)]}
        return found | ({"other": dice.random() < 0.4} if self.other else {})

    def ids(self, q: Question) -> dict[str, str]:
        """What may be chosen: id → label."""
        found = {o["id"]: o["label"] for o in q["options"]}
        return found | ({"other": gettext("Other")} if q.get("other") else {})

    def answer(self, dice: random.Random, q: Question) -> Answer:
        ids = list(self.ids(q))
        chosen = dice.sample(ids, dice.randint(1, len(ids)) if self.several else 1)
        words = {"other": dice.choice(WORDS)} if "other" in chosen and dice.random() < 0.7 else {}
        return {"options": sorted(chosen, key=ids.index), **words}

    def typed(self, q: Question, name: str, answer: Answer) -> dict[str, list[str]]:
        beside = {f"{name}_other": [answer["other"]]} if "other" in answer else {}
        return {name: answer["options"], **beside}

    def fills(self, q: Question, answer: Answer) -> list[str]:
        return answer["options"]

    def value(self, dice: random.Random, q: Question) -> Any:
        return dice.choice(q["options"])[dice.choice(["id", "label"])]

    def meets(self, q: Question, answer: Answer, operator: str, value: Any) -> bool:
        meant = next(id_ for id_, label in self.ids(q).items() if value in (id_, label))
        chosen = self.fills(q, answer)
        return chosen == [meant] if operator == "is" else (meant in chosen) == (operator == "contains")

    def cells(self, q: Question, answer: Answer) -> list[str]:
        chosen, ids = (answer or {}).get("options", ()), self.ids(q)
        beside = [(answer or {}).get("other", "")] if q.get("other") else []
        if not self.several:
            return [ids[chosen[0]] if chosen else "", *beside]
        return [label if id_ in chosen else "" for id_, label in ids.items()] + beside


class Single(Choice):
    other = True


class Multiple(Choice):
    operators = ("is", "is_not", "contains")
    several = other = True


class YesNo(Choice):
    def ask(self, dice: random.Random) -> Question:
        return {"no_opinion": dice.random() < 0.5}

    def ids(self, q: Question) -> dict[str, str]:
        found = {"yes": gettext("Yes"), "no": gettext("No")}
        return found | ({"none": gettext("No opinion")} if q["no_opinion"] else {})

    def answer(self, dice: random.Random, q: Question) -> Answer:
        reason = {"reason": dice.choice(WORDS)} if dice.random() < 0.4 else {}
        return {"options": [dice.choice(list(self.ids(q)))], **reason}

    def typed(self, q: Question, name: str, answer: Answer) -> dict[str, list[str]]:
        return {name: answer["options"], f"{name}_reason": [answer.get("reason", "")]}

    def value(self, dice: random.Random, q: Question) -> Any:
        return dice.choice(list(self.ids(q)))

    def cells(self, q: Question, answer: Answer) -> list[str]:
        return [*super().cells(q, answer), (answer or {}).get("reason", "")]


class Demographic(Choice):
    def ask(self, dice: random.Random) -> Question:
        return {**super().ask(dice), "about": "place"}

    def ids(self, q: Question) -> dict[str, str]:
        return super().ids(q) | {"unsaid": gettext("I prefer not to say")}


class Hidden(Choice):
    required = False

    def typed(self, q: Question, name: str, answer: Answer) -> dict[str, list[str]]:
        return {name: [sign(q, answer["options"][0])]}


class Basket(Choice):
    operators = ("is", "is_not", "contains")
    several = True

    def ask(self, dice: random.Random) -> Question:
        projects = super().ask(dice)["options"]
        return {"options": [{**p, "cost": dice.randint(0, 9)} for p in projects], "envelope": 40}


class ImageChoice(Choice):
    operators = ("is", "is_not", "contains")
    several = True

    def ask(self, dice: random.Random) -> Question:
        library = get_image_model().objects
        image = library.filter(title="Un banc").first()
        image = image or library.create(title="Un banc", file=get_test_image_file(filename="banc.png", size=(64, 48)))
        pictures = super().ask(dice)["options"]
        return {"options": [{**p, "alt": "un banc", "image": image.get_file_hash()} for p in pictures], "several": True}


class Grid(Kind):
    operators = ("contains", "is_not")
    required = False

    def ask(self, dice: random.Random) -> Question:
        rows = [{"id": f"r{i}", "label": f"ligne {i}"} for i in range(dice.randint(1, 2))]
        scale = [{"id": f"s{i}", "label": f"degré {i}"} for i in range(3)]
        return {"rows": rows, "scale": scale, "no_opinion": False}

    def answer(self, dice: random.Random, q: Question) -> Answer:
        rows = [r for r in q["rows"] if dice.random() < 0.8] or q["rows"][:1]
        return {r["id"]: dice.choice(q["scale"])["id"] for r in rows}

    def typed(self, q: Question, name: str, answer: Answer) -> dict[str, list[str]]:
        return {f"{name}_{i}": [answer[r["id"]]] for i, r in enumerate(q["rows"], 1) if r["id"] in answer}

    def value(self, dice: random.Random, q: Question) -> Any:
        return f"{dice.choice(q['rows'])['id']}:{dice.choice(q['scale'])['id']}"

    def meets(self, q: Question, answer: Answer, operator: str, value: Any) -> bool:
        row, step = value.split(":")
        return (answer.get(row) == step) == (operator == "contains")

    def figures(self, q: Question, answers: list[Answer], entry: dict[str, Any]) -> None:
        for row in entry["rows"]:
            counts = Counter(answer[row["id"]] for answer in answers if row["id"] in answer)
            assert row["base"] == counts.total()
            assert {o["id"]: o["count"] for o in row["options"] if o["count"]} == dict(counts)

    def exported(self, q: Question, answers: list[Answer]) -> dict[tuple[str, str], int]:
        labels = {row["id"]: row["label"] for row in q["rows"]}
        return Counter((labels[row], step) for answer in answers for row, step in answer.items())

    def cells(self, q: Question, answer: Answer) -> list[str]:
        labels = {step["id"]: step["label"] for step in q["scale"]}
        return [labels.get((answer or {}).get(row["id"], ""), "") for row in q["rows"]]


class Scale(Counted):
    operators = ("is", "is_not", "greater", "less")

    def answer(self, dice: random.Random, q: Question) -> Answer:
        return dice.randint(0, 10)

    def figures(self, q: Question, answers: list[Answer], entry: dict[str, Any]) -> None:
        super().figures(q, answers, entry)
        assert not answers or entry["summary"]["median"] == statistics.median(answers)


class NetPromoter(Scale):
    def fills(self, q: Question, answer: Answer) -> list[str]:
        return ["promoters" if answer > 8 else "passives" if answer > 6 else "detractors"]

    def figures(self, q: Question, answers: list[Answer], entry: dict[str, Any]) -> None:
        Counted.figures(self, q, answers, entry)
        happy = sum(a > 8 for a in answers) - sum(a < 7 for a in answers)
        assert not answers or abs(entry["score"] - 100 * happy / len(answers)) <= 0.5


class Rating(Scale):
    def ask(self, dice: random.Random) -> Question:
        return {"look": dice.choice(["stars5", "stars10", "faces"])}

    def answer(self, dice: random.Random, q: Question) -> Answer:
        return dice.randint(1, 10 if q["look"] == "stars10" else 5)

    def figures(self, q: Question, answers: list[Answer], entry: dict[str, Any]) -> None:
        Counted.figures(self, q, answers, entry)
        assert not answers or abs(entry["mean"] - statistics.mean(answers)) <= 0.06


class Number(Scale):
    def ask(self, dice: random.Random) -> Question:
        return {"minimum": 0, "maximum": 20}

    def answer(self, dice: random.Random, q: Question) -> Answer:
        return dice.randint(0, 20)

    def figures(self, q: Question, answers: list[Answer], entry: dict[str, Any]) -> None:
        for bar in entry["options"]:
            low, high = map(int, bar["id"].split(".."))
            assert bar["count"] == sum(low <= answer <= high for answer in answers)
        assert sum(bar["count"] for bar in entry["options"]) == len(answers)
        assert not answers or entry["summary"]["median"] == statistics.median(answers)

    def exported(self, q: Question, answers: list[Answer]) -> dict[tuple[str, str], int]:
        return {}  # bars are wide where answers lie far apart


class Date(Counted):
    operators = ("is", "greater", "less")

    def answer(self, dice: random.Random, q: Question) -> Answer:
        return (START + timedelta(days=dice.randint(0, 9) + 366 * dice.choice([0, 0, 1, 3]))).isoformat()

    def typed(self, q: Question, name: str, answer: Answer) -> dict[str, list[str]]:
        year, month, day = answer.split("-")
        return {f"{name}_day": [day], f"{name}_month": [month], f"{name}_year": [year]}

    def value(self, dice: random.Random, q: Question) -> Any:
        return (START + timedelta(days=dice.randint(1, 8))).isoformat()

    def fills(self, q: Question, answer: Answer) -> list[str]:
        return [answer[:4]]


class Time(Counted):
    def answer(self, dice: random.Random, q: Question) -> Answer:
        return f"{dice.randrange(24):02d}:{dice.randrange(60):02d}"

    def fills(self, q: Question, answer: Answer) -> list[str]:
        return [answer[:2]]


class Text(Kind):
    operators = ("contains",)

    def answer(self, dice: random.Random, q: Question) -> Answer:
        return dice.choice(WORDS)

    def value(self, dice: random.Random, q: Question) -> Any:
        return dice.choice(["arbre", "BANC"])

    def meets(self, q: Question, answer: Answer, operator: str, value: Any) -> bool:
        return value.lower() in answer.lower()


class Ranking(Choice):
    def ask(self, dice: random.Random) -> Question:
        return {**super().ask(dice), "top": dice.choice([None, None, 2])}

    def answer(self, dice: random.Random, q: Question) -> Answer:
        ids = [o["id"] for o in q["options"]]
        return dice.sample(ids, dice.randint(1, q["top"]) if q["top"] else len(ids))

    def typed(self, q: Question, name: str, answer: Answer) -> dict[str, list[str]]:
        places = {o["id"]: n for n, o in enumerate(q["options"], 1)}
        return {f"{name}_{places[id_]}": [str(rank)] for rank, id_ in enumerate(answer, 1)}

    def fills(self, q: Question, answer: Answer) -> list[str]:
        return answer[:1]

    def figures(self, q: Question, answers: list[Answer], entry: dict[str, Any]) -> None:
        super().figures(q, answers, entry)
        ids = [o["id"] for o in q["options"]]

        def place(answer: list[str], id_: str) -> int:
            return answer.index(id_) if id_ in answer else len(ids)

        pairs = {tuple(pair["ids"]): pair["counts"] for pair in entry["pairs"]}
        assert set(pairs) == set(combinations(ids, 2))
        for (a, b), counts in pairs.items():
            before = sum(place(answer, a) < place(answer, b) for answer in answers)
            assert counts == [before, sum(place(answer, b) < place(answer, a) for answer in answers)]

    def cells(self, q: Question, answer: Answer) -> list[str]:
        ranks = {id_: str(rank) for rank, id_ in enumerate(answer or (), 1)}
        return [ranks.get(o["id"], "") for o in q["options"]]


class Points(Choice):
    operators = ()

    def ask(self, dice: random.Random) -> Question:
        return {**super().ask(dice), "points": 6, "most": dice.choice([None, 3]), "exact": False}

    def answer(self, dice: random.Random, q: Question) -> Answer:
        first, second = dice.sample([o["id"] for o in q["options"]], 2)
        return {first: dice.randint(1, 3)} | ({second: dice.randint(1, 3)} if dice.random() < 0.5 else {})

    def typed(self, q: Question, name: str, answer: Answer) -> dict[str, list[str]]:
        return {f"{name}_{n}": [str(answer[o["id"]])] for n, o in enumerate(q["options"], 1) if o["id"] in answer}

    def fills(self, q: Question, answer: Answer) -> list[str]:
        return list(answer)

    def figures(self, q: Question, answers: list[Answer], entry: dict[str, Any]) -> None:
        super().figures(q, answers, entry)
        for option in entry["options"]:
            assert option["points"] == sum(answer.get(option["id"], 0) for answer in answers)

    def cells(self, q: Question, answer: Answer) -> list[str]:
        return [str((answer or {}).get(o["id"], "")) for o in q["options"]]


class File(Kind):
    def answer(self, dice: random.Random, q: Question) -> Answer:
        return {"id": uuid.UUID(int=dice.getrandbits(128)).hex}

    def typed(self, q: Question, name: str, answer: Answer) -> dict[str, list[str]]:
        said = {f"{name}_alt": [answer["alt"]]} if "alt" in answer else {}
        return {name: [store.reference(uuid.UUID(answer["id"]))], **said}

    def cells(self, q: Question, answer: Answer) -> list[str]:
        return ["1" if answer else ""]


class Photo(File):
    def answer(self, dice: random.Random, q: Question) -> Answer:
        said = {"alt": "une rue"} if dice.random() < 0.5 else {}
        return {**super().answer(dice, q), **said}

    def cells(self, q: Question, answer: Answer) -> list[str]:
        return [*super().cells(q, answer), (answer or {}).get("alt", "")]


class Location(Choice):
    """In the town of `geography.the_town`: two districts, w and e, and a hall in the west."""

    operators = ("contains", "is_not")

    def ask(self, dice: random.Random) -> Question:
        return {"territory": "69999", "draw": "point", "why": dice.random() < 0.5}

    def ids(self, q: Question) -> dict[str, str]:
        return {"halle": "La halle", "w": "Ouest", "e": "Est"}

    def answer(self, dice: random.Random, q: Question) -> Answer:
        found = dice.choice(
            [
                {"way": "place", "point": [4.83, 45.74], "zone": "w", "place": "halle", "label": "La halle"},
                {"way": "zone", "point": None, "zone": "e", "place": None, "label": "Est"},
                {"way": "map", "point": [4.86, 45.75], "zone": "e", "place": None, "label": ""},
            ]
        )
        why = {"why": dice.choice(WORDS)} if q["why"] and dice.random() < 0.5 else {}
        return {**found, "shape": None, **why}

    def typed(self, q: Question, name: str, answer: Answer) -> dict[str, list[str]]:
        pointed = {f"{name}_lon": ["4.86"], f"{name}_lat": ["45.75"]}
        where = pointed if answer["way"] == "map" else {f"{name}_place": [answer["place"] or answer["zone"]]}
        return {**where, **({f"{name}_why": [answer["why"]]} if "why" in answer else {})}

    def fills(self, q: Question, answer: Answer) -> list[str]:
        return [answer["place"] or answer["zone"]]

    def value(self, dice: random.Random, q: Question) -> Any:
        return dice.choice(list(self.ids(q)))

    def meets(self, q: Question, answer: Answer, operator: str, value: Any) -> bool:
        return (value in (answer["place"], answer["zone"])) == (operator == "contains")

    def cells(self, q: Question, answer: Answer) -> list[str]:
        if answer is None:
            return [""] * (8 if q["why"] else 7)
        point = ["", ""]
        if answer["point"]:
            exact = tuple(answer["point"])
            point = [str(n) for n in (exact if answer["place"] else grid.coarsen(exact, 50))]
        row = [answer["label"], answer["way"], *point, answer["zone"], answer["place"] or "", ""]
        return [*row, answer.get("why", "")] if q["why"] else row


class Email(Kind):
    """What is stored is that an address was given."""

    required = False

    def ask(self, dice: random.Random) -> Question:
        return {"purpose": f"la réunion {dice.randint(1, 9)}"}

    def answer(self, dice: random.Random, q: Question) -> Answer:
        return {"given": True}

    def typed(self, q: Question, name: str, answer: Answer) -> dict[str, list[str]]:
        return {name: ["lou@exemple.fr"]}

    def cells(self, q: Question, answer: Answer) -> list[str]:
        return ["1" if answer else ""]


KINDS: dict[str, Kind] = {
    "single": Single(),
    "multiple": Multiple(),
    "grid": Grid(),
    "scale": Scale(),
    "number": Number(),
    "short_text": Text(),
    "long_text": Text(),
    "date": Date(),
    "yes_no": YesNo(),
    "rating": Rating(),
    "nps": NetPromoter(),
    "ranking": Ranking(),
    "points": Points(),
    "basket": Basket(),
    "time": Time(),
    "demographic": Demographic(),
    "photo": Photo(),
    "file": File(),
    "image_choice": ImageChoice(),
    "location": Location(),
    "email": Email(),
    "hidden": Hidden(),
}
