"""Who looks at a map: the form token drawn for them, the code they hold, and what they proved."""

from typing import NamedTuple

from django.http import HttpRequest

from participation import passes, posts, receipts, trust
from participation.identity import participant_key

from .models import Map


class Visitor(NamedTuple):
    """`key` is None for who has taken part in nothing here so far; `gate` what they must prove first, if anything."""

    token: str
    code: str | None
    key: bytes | None
    level: str
    gate: passes.Gate | None

    @property
    def vouched(self) -> str:
        """The proof that this visitor gave, if any."""
        return self.level if trust.asks_proof(self.level) else ""

    @property
    def shown_code(self) -> str:
        return receipts.show_code(self.code) if self.code else ""


def visitor(request: HttpRequest, map: Map, *, back: str = "", token: str = "") -> Visitor:
    """The visitor behind `request`; `token` when a POST has just told it. A browser that refuses our cookie carries on
    by the ticket in the address.
    """
    tag, salt = map.scope.tag, bytes(map.scope.salt)
    given = receipts.is_valid_token(map.key, token)
    voucher = receipts.voucher_of(token) if given else passes.who(request, tag, map.trust)
    code = None if voucher else posts.known_code(request, tag)
    if not given:
        carried = None if voucher or code else receipts.read_ticket(request.GET.get("suite", "")[:300])
        token = carried if carried and receipts.is_valid_token(map.key, carried) else ""
        code = code or (receipts.code_for(tag, salt, token) if token else None)
        token = token or receipts.issue_token(map.key, voucher)
    if voucher:
        code = receipts.code_for(tag, salt, token)
    level = trust.reached(voucher, map.trust)
    proven = trust.suffices(level, map.trust)
    gate = None if proven else passes.gate(map.key, tag, map.trust, back or request.path)
    return Visitor(token, code, participant_key(salt, code) if code else None, level, gate)
