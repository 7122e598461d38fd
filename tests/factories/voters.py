"""A voter as debates meet them: sees a statement, votes, in a browser that keeps cookies."""

import html
import re
from typing import Any

from django.test import Client

from deliberation import state

from .citizens import OURS


class VoterBrowser:
    """One browser at one debate; `cookies=False` is one that keeps none."""

    def __init__(self, debate: Any, cookies: bool = True):
        self.key, self.cookies = debate.key, cookies
        self.client = Client(raise_request_exception=False)  # a 500 must be seen as such
        self.at = f"/debats/{debate.key}/"

    def get(self, path: str = "", **query: str) -> Any:
        if not self.cookies:
            self.client.cookies.clear()
        state.forget()
        return self.client.get(path or self.at, query, follow=self.cookies)

    def post(self, path: str, **fields: Any) -> Any:
        if not self.cookies:
            self.client.cookies.clear()
        return self.client.post(f"/debats/{self.key}/{path}", fields, headers=OURS)

    def token(self) -> str:
        return hidden(self.get(), "token")

    def vote(self, statement: Any, word: str = "agree", **more: Any) -> Any:
        token = more.pop("token", None) or self.token()
        said = {"statement": getattr(statement, "ref", statement), "vote": word, "token": token}
        return self.post("voter/", **said, **more)

    def code(self) -> str:
        """The receipt code on the debate's page."""
        return re.search(r"[0-9A-Z]{4}(-[0-9A-Z]{4}){4}", self.get().content.decode())[0]  # type: ignore[index]


def hidden(page: Any, name: str) -> str:
    """The value of the first hidden field so called."""
    return html.unescape(re.search(rf'name="{name}" value="([^"]*)"', page.content.decode())[1])  # type: ignore[index]
