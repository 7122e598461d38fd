"""A photo beside a place: made anew, read before anybody sees it, gone with its place; never lost by an error."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from maps.models import Place
from moderation.models import Item
from moderation.registry import sources
from tests.factories.maps import MapFactory
from tests.factories.moderation import item_of, moderate, moderator
from uploads.models import Upload

from .test_showing import Citizen, field, said

pytestmark = pytest.mark.django_db


def photo(name="p.jpg", kind="JPEG"):
    held = io.BytesIO()
    exif = Image.Exif()
    exif[0x013B] = "zzphotographe"
    Image.new("RGB", (40, 30), "teal").save(held, kind, exif=exif)
    return SimpleUploadedFile(name, held.getvalue(), "image/jpeg")


@pytest.fixture
def map(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return MapFactory(open=True, photos=True, moderation="after")


@pytest.fixture
def anna():
    return moderator("anna")


def photo_item():
    return Item.objects.get(kind="photo")


def test_a_photo_is_read_before_it_is_seen_and_leaves_with_its_place(map, anna, tmp_path):
    citizen = Citizen(map)
    code = citizen.code(citizen.show(photo=photo(), alt="Le banc cassé"))
    place, upload = Place.objects.get(), Upload.objects.get()
    assert place.status == "published" and place.photo == upload and not upload.shown
    assert Client().get(upload.url).status_code == 404 and "<img" not in said(citizen.get())
    moderate(photo_item(), user=anna)
    assert Client().get(upload.url).status_code == 200 and 'alt="Le banc cassé"' in said(citizen.get())
    moderate(place, "refuse", anna, reason="Non.")
    assert Client().get(upload.url).status_code == 404
    moderate(place, "publish", anna)
    assert Client().get(upload.url).status_code == 200
    moderate(photo_item(), "refuse", anna, reason="Un visage.")
    assert Client().get(upload.url).status_code == 404 and "Un banc" in said(citizen.get())
    for decision in ("refuse", "publish"):
        moderate(place, decision, anna, reason="Non.")
        assert Client().get(upload.url).status_code == 404
    files = [p for p in tmp_path.rglob("*") if p.is_file()]
    assert files and not any(b"zzphotographe" in p.read_bytes() for p in files)
    citizen.post("/suivi/", code=code, withdraw=f"/cartes/{map.key}/", sure="1")
    assert not Upload.objects.exists() and item_of(place).state == "gone" and photo_item().state == "gone"


def test_an_error_elsewhere_loses_no_photo(map):
    citizen = Citizen(map)
    page = citizen.show(photo=photo(), alt="Le banc", text="")
    assert page.status_code == 422 and "Votre photo est gardée" in said(page)
    assert citizen.show(kept=field(page, "kept"), alt="Le banc").status_code == 303
    assert Place.objects.get().photo.alt == "Le banc"


@pytest.mark.parametrize("sent", [b"", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"\xff\xd8\xff\xe0" + b"x" * 99])
def test_what_is_no_photo_is_refused_at_the_field(map, sent):
    page = Citizen(map).show(photo=SimpleUploadedFile("p.jpg", sent, "image/jpeg"), alt="Rien")
    if sent:
        assert page.status_code == 422 and "photo-erreur" in said(page) and "Un banc" in said(page)
    assert not Upload.objects.filter(attached=True).exists()


def test_photos_are_found_by_their_words(map, anna):
    for alt in ("Le banc cassé", "Un tilleul"):
        Citizen(map).show(photo=photo(), alt=alt, text=f"Ici : {alt}.", lieu_lat=f"45.7{len(alt) % 10}")
    for item in Item.objects.filter(kind="photo"):
        moderate(item, user=anna)
    found = [list(sources["photo"].counted(map.scope_id, words)) for words in ("", "TILLEUL", "arbre")]
    assert found[1] == [str(Upload.objects.get(alt="Un tilleul").pk)] and [len(f) for f in found] == [2, 1, 0]


def test_a_photo_needs_words(map):
    page = Citizen(map).show(photo=photo(), alt=" ")
    assert page.status_code == 422 and "alt-erreur" in said(page)


def test_a_map_without_photos_takes_none():
    map = MapFactory(open=True)
    assert Citizen(map).show(photo=photo(), alt="Le banc").status_code == 303
    assert not Upload.objects.exists()
