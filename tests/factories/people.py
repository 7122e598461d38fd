"""An author with a browser and a code: proposes as people do, reads and contests on the page of their text."""

from typing import Any

from django.test import Client

from deliberation.models import Argument, Statement
from moderation.models import Item
from participation import receipts
from participation.identity import participant_key

from .citizens import OURS


class Author:
    """Somebody who wrote a text that a factory made: `code` opens it, `post` acts on its page."""

    def __init__(self, text: Statement | Argument):
        scope = text.debate.scope
        token = receipts.issue_token(text.debate.key)
        self.code = receipts.code_for(scope.tag, bytes(scope.salt), token)
        self.key = participant_key(bytes(scope.salt), self.code)
        type(text).objects.filter(pk=text.pk).update(author_key=self.key)
        found = Item.objects.filter(kind=text._meta.model_name, object_id=str(text.pk))
        found.update(author_key=self.key)
        self.item = found.get()
        self.client = Client(raise_request_exception=False)

    @property
    def text(self) -> Any:
        """The text as it stands now."""
        return (Statement if self.item.kind == "statement" else Argument).objects.get(pk=self.item.object_id)

    @property
    def at(self) -> str:
        return f"/suivi/texte/{self.item.ref}/"

    def post(self, **fields: Any) -> Any:
        return self.client.post(self.at, {"code": self.code, **fields}, headers=OURS)

    def correct(self, text: str, version: int | None = None) -> Any:
        self.item.refresh_from_db()
        return self.post(act="resend", text=text, version=version or self.item.version)

    def contest(self, words: str = "Je parle bien de la place.") -> Any:
        return self.post(act="appeal", words=words)
