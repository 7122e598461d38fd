"""What people show on the demo's maps. Every place and person is fictional."""

# ruff: noqa: E501 - texts as they are shown

import random
import uuid
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.http import QueryDict

from maps import forms, places
from maps.models import Map, Place
from moderation.models import Item
from participation import receipts
from participation.identity import submission_key

from . import town
from .outcomes import WAITING, Outcome, decide, refused
from .past import date_back

MODERATOR = "moderateur"
GOOD, BAD = "Je m’y sens bien", "J’y suis gêné ou en danger"

# Category; how far east and north of the halle in metres, or a named place; what is said; how many support it.
SQUARE: list[tuple[str, tuple[int, int] | str, str, int]] = [
    (GOOD, "La fontaine", "Le bruit de l’eau. Les petits y jouent pendant que nous parlons.", 9),
    (GOOD, (-22, 31), "Le banc au soleil le matin, à l’abri du vent.", 6),
    (GOOD, "La halle", "Quand il pleut, tout le marché s’y serre. On s’y parle.", 11),
    (GOOD, (61, 40), "Les platanes : la seule ombre à midi.", 14),
    (GOOD, "La mairie", "Les marches, pour attendre quelqu’un.", 2),
    (BAD, "L’entrée de la rue des Tanneurs", "Les camions reculent sans voir. J’ai eu peur avec la poussette.", 17),
    (BAD, (-31, 12), "Le trottoir est trop étroit : en fauteuil, je passe sur la chaussée.", 12),
    (BAD, "Le parking, côté nord", "Il faut passer entre les voitures garées pour atteindre l’école.", 8),
    (BAD, "L’arrêt de car", "Aucun abri ni lumière l’hiver à sept heures.", 7),
    (BAD, (12, -18), "Les pavés devant la halle : ma canne s’y coince.", 5),
    (BAD, (88, -9), "Au carrefour, personne ne sait qui doit passer.", 4),
    (BAD, (-70, 22), "Le soir, on ne voit pas les marches.", 3),
]
CAR = "La voiture de M. Perrin bouche le passage tous les soirs."
INSULT = "Ceux qui ont dessiné cette place sont des abrutis."
NEW = [
    (GOOD, (5, 60), "Derrière la halle il fait frais, on pourrait y mettre des tables.", 0),
    (BAD, (47, 26), "La bouche d’égout est descellée près du troisième platane.", 0),
]
DECIDED = {
    CAR: Outcome(
        "redact",
        "Nous avons masqué un nom. Votre remarque reste lisible.",
        redacted="La voiture de […] bouche le passage tous les soirs.",
    ),
    INSULT: refused(2, "Cette phrase insulte. Dites ce qui ne va pas sur la place : nous le publierons."),
    **{text: WAITING for _category, _where, text, _supports in NEW},
}
TEXTS = [*SQUARE, (BAD, (-12, -30), CAR, 0), (BAD, (3, 9), INSULT, 0), *NEW]

MARKET: dict[str, Any] = {
    "title": "Montrez un endroit de la place",
    "introduction": "Un endroit où vous vous sentez bien, un endroit où vous êtes gêné ou en danger. Dites pourquoi en une phrase.",
    "categories": [(GOOD, "circle"), (BAD, "triangle")],
    "photos": True,
    "grid": 5,
    "texts": TEXTS,
    "outcomes": DECIDED,
    "results": "Ce que vous nous montrez",
}

ROADS = [
    (
        "Trop de voitures, trop vite",
        "Route de la Grangette|le pont|l’école",
        "Deux voitures ne se croisent pas. À vélo, on finit dans le fossé.",
        13,
    ),
    ("Un carrefour dangereux", (240, 130), "Personne ne ralentit en sortant du rond-point.", 9),
    ("La route s’arrête", (-310, -90), "La bande cyclable s’arrête juste avant la côte.", 7),
    (
        "Trop de voitures, trop vite",
        "Avenue de la Gare|la gare|le stade",
        "Mon fils de dix ans ne peut pas y aller seul.",
        11,
    ),
]
BICYCLE: dict[str, Any] = {
    "title": "Tracez ou nommez un tronçon qui vous fait peur",
    "introduction": "Dessinez-le sur la carte, ou écrivez la rue, d’où et jusqu’où.",
    "categories": [
        ("Trop de voitures, trop vite", "triangle"),
        ("Un carrefour dangereux", "diamond"),
        ("La route s’arrête", "cross"),
    ],
    "draw": "line",
    "grid": 50,
    "texts": ROADS,
    "outcomes": {},
    "results": "Les tronçons qui font peur",
}


def write(told: dict[str, Any]) -> Map:
    """The map, published, on the ground of the demo's town."""
    map = Map(
        title=told["title"],
        introduction=told["introduction"],
        territory=town.settle(),
        photos=told.get("photos", False),
        draw=told.get("draw", "point"),
        grid=told["grid"],
        live=False,
    )
    raw = [
        {"type": "category", "id": str(uuid.uuid4()), "value": {"label": label, "sign": sign}}
        for label, sign in told["categories"]
    ]
    map.categories = Map._meta.get_field("categories").stream_block.to_python(raw)
    map.save()
    map.save_revision().publish()
    return Map.objects.get(pk=map.pk)


def show(map: Map, told: dict[str, Any], days: Sequence[date], seed: int) -> None:
    """People show places, moderators decide, others support: as on the web, one after the other, over `days`."""
    dice = random.Random(seed)
    for n, (category, where, text, supports) in enumerate(told["texts"]):
        place = _send(map, category, where, text)
        outcome = told["outcomes"].get(text, Outcome())
        item = Item.objects.get(kind=places.KIND, object_id=str(place.pk))
        decide(item, outcome, MODERATOR)
        day = days[-1] if outcome == WAITING else days[n % len(days)]
        date_back([item.pk], day)
        Place.objects.filter(pk=place.pk).update(shown_on=day)
        place = Place.objects.select_related("map__scope").get(pk=place.pk)
        for _person in range(supports if place.status == Place.Status.PUBLISHED else 0):
            places.support(place, dice.randbytes(32))


def _send(map: Map, category: str, where: tuple[int, int] | str, text: str) -> Place:
    chosen = next(c["id"] for c in map.offered if c["label"] == category)
    typed = QueryDict(mutable=True)
    typed.update({"category": chosen, "text": text, **_typed(map, where)})
    draft = forms.Draft(map, typed)
    token = receipts.issue_token(map.key)
    salt = bytes(map.scope.salt)
    _code, key = receipts.person(map.scope.tag, salt, token, None)
    return places.add(map, draft.read(None), key, submission_key(salt, token))


def _typed(map: Map, where: tuple[int, int] | str) -> dict[str, str]:
    """What is typed for "a named place", "street|from|to", or metres east and north of the first named place."""
    if isinstance(where, tuple):
        lon, lat = map.ask["places"][0]["point"]
        east, north = where
        return {"lieu_lon": f"{lon + east / 76_700:.6f}", "lieu_lat": f"{lat + north / 111_200:.6f}"}
    if "|" in where:
        street, start, end = where.split("|")
        return {"lieu_address": street, "lieu_from": start, "lieu_to": end}
    return {"lieu_place": next(place["id"] for place in map.ask["places"] if place["label"] == where)}
