"""A survey page by page: where pages begin, which come next, how far one is (pure)."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from .elements import layout_of
from .questions import Schema, type_of
from .routing import Answers, Routing


class Page(NamedTuple):
    """Some neighbours out of the layout, and the questions among them."""

    items: tuple[Schema, ...]
    questions: tuple[Schema, ...]


class Progress(NamedTuple):
    """This is the `step`th out of `least` to `most`: what is asked later may hang on answers that are still to come."""

    step: int
    least: int
    most: int
    minutes: int


def split(schema: Schema) -> list[Page]:
    """The pages of a version, in its pace. What is to be read comes with the question after it."""
    by_id = {q["id"]: q for q in schema["questions"]}
    pages: list[list[Schema]] = [[]]
    unasked = []  # what comes with the link goes to the first page, where the link leads
    for item in layout_of(schema):
        if item["kind"] == "question" and not type_of(by_id[item["id"]]).asked:
            unasked.append(item)
            continue
        if _begins_page(item, pages[-1], schema["pace"]):
            pages.append([])
        if item["kind"] != "page_break":
            pages[-1].append(item)
    filled = [page for page in pages if page] or [[]]
    if schema["pace"] == "step" and len(filled) > 1 and not _holds_question(filled[-1]):
        last = filled.pop()
        filled[-1] += last
    filled[0] += unasked
    return [Page(tuple(p), tuple(by_id[i["id"]] for i in p if i["kind"] == "question")) for p in filled if p]


def _begins_page(item: Schema, page: Sequence[Schema], pace: str) -> bool:
    if pace == "step":
        return _holds_question(page)
    return pace == "section" and item["kind"] in ("section", "page_break")


def _holds_question(page: Sequence[Schema]) -> bool:
    return any(item["kind"] == "question" for item in page)


class Way:
    """The pages that somebody goes through who gave these answers and passed the questions in `passed`."""

    def __init__(self, pages: Sequence[Page], routing: Routing, answers: Answers, passed: Collection[str]):
        self.pages, self.routing, self.answers = pages, routing, answers
        self._states = routing.foresee(answers, passed)

    def shows(self, number: int) -> bool:
        """Is anything on this page for them?"""
        page = self.pages[number - 1]
        return any(self.routing.shows(item["id"], self.answers) for item in page.questions or page.items)

    def after(self, number: int) -> int | None:
        """The next page that shows anything; None after the last."""
        return next((n for n in range(number + 1, len(self.pages) + 1) if self.shows(n)), None)

    def before(self, number: int) -> int | None:
        return next((n for n in range(number - 1, 0, -1) if self.shows(n)), None)

    def nearest(self, number: int) -> int:
        """`number` where it shows anything, else a page close to it."""
        number = min(max(number, 1), len(self.pages))
        return number if self.shows(number) else self.after(number) or self.before(number) or number

    def progress(self, number: int) -> Progress:
        certain = [self._is_certain(page) for page in self.pages]
        passed = sum(1 for n in range(1, number) if self.shows(n))
        rest = certain[number:]
        coming = [q for page in self.pages[number - 1 :] for q in page.questions if self._states[q["id"]] is not False]
        seconds = sum(type_of(q).takes(q) for q in coming)
        step = passed + 1
        return Progress(
            step, step + rest.count(True), step + len(rest) - rest.count(False), max(1, round(seconds / 60))
        )

    def _is_certain(self, page: Page) -> bool | None:
        """Will this page be shown? None while that is open."""
        if not page.questions:
            return any(self.routing.shows(item["id"], self.answers) for item in page.items)
        states = [self._states[q["id"]] for q in page.questions]
        return True if True in states else (None if None in states else False)
