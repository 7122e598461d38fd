"""The authority as sheets and posters show it: its name, its crest, its colours where they can be read."""

from django.http import HttpRequest

from surveys.paper.surroundings import Authority

from . import contrast
from .models import SiteSettings

WHITE, BLACK = "#ffffff", "#000000"


def on_paper(request: HttpRequest) -> Authority:
    """Whatever the colours are: what is printed in or on them has a contrast of 4.5 at least."""
    said = SiteSettings.for_request(request)
    brand = said.brand if contrast.HEX.fullmatch(said.brand) else BLACK
    heading = brand if contrast.ratio(brand, WHITE) >= contrast.AA else BLACK
    ink = max((WHITE, BLACK), key=lambda colour: contrast.ratio(colour, brand))
    contact = " · ".join(text for text in (" ".join(said.address.split()), said.phone) if text)
    return Authority(said.authority, said.initial, brand, ink, heading, contact)
