"""A citizen as intake meets them: opens the form, fills it, sends it, in a browser that keeps cookies."""

import html
import re
from typing import Any

from django.test import Client

OURS = {"origin": "http://testserver"}


class Citizen:
    """One browser. `open` gives the hidden fields of a form just drawn; `send` posts them with what was typed."""

    def __init__(self, survey: Any):
        self.key = survey.key
        self.client = Client(raise_request_exception=False)  # a 500 must be seen as such

    def open(self) -> dict[str, str]:
        page = self.client.get(f"/enquetes/{self.key}/")
        assert page.status_code == 200, page.status_code
        return hidden(page)

    def send(self, fields: dict[str, Any], **typed: Any):
        return self.client.post(f"/enquetes/{self.key}/repondre/", {**fields, "go": "send", **typed}, headers=OURS)

    def answer(self, **typed: Any):
        """Open and send in one go."""
        return self.send(self.open(), **typed)

    def code(self, response: Any) -> str:
        """The receipt code on the page that thanks."""
        assert response.status_code == 303, (response.status_code, response.content.decode()[:3000])
        page = self.client.get(response["Location"]).content.decode()
        return re.search(r"[0-9A-Z]{4}(-[0-9A-Z]{4}){4}", page)[0]  # type: ignore[index]


def hidden(page: Any) -> dict[str, str]:
    """The hidden fields of the form in a page."""
    form = page.content.decode().partition('<form class="survey"')[2].partition("</form>")[0]
    found = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', form)
    return {name: html.unescape(value) for name, value in found}
