"""Agents' pictures: whatever way they come in, no file and no rendition carries metadata."""

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from wagtail.images import get_image_model
from wagtail.models import Collection, UploadedFile

from tests.factories import pictures as corpus
from uploads.pictures import Refused

pytestmark = pytest.mark.django_db
Image = get_image_model()
NAMES = {"jpeg": "a.jpg", "png": "a.png", "png see-through": "a.png", "webp": "a.webp", "heic": "a.heic"}


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


def is_clean(media) -> bool:
    paths = [path for path in media.rglob("*") if path.is_file()]
    assert paths
    return all(corpus.metadata_in(path.read_bytes()) == [] for path in paths)


def upload(name: str, data: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data, "image/jpeg")


def fields(file: SimpleUploadedFile, **more: str) -> dict:
    return {"title": "La place", "file": file, "collection": Collection.get_first_root_node().pk, "tags": "", **more}


@pytest.mark.parametrize("kind", list(NAMES))
def test_pictures_from_the_form_and_their_renditions_are_clean(admin_client, client, media, kind):
    data = corpus.with_metadata()[kind]
    admin_client.post("/admin/images/add/", fields(upload(NAMES[kind], data)))
    image = Image.objects.get()
    assert image.file.name.rpartition(".")[2] in ("jpg", "png")
    assert (image.width, image.height, image.file_size) == (96, 64, image.file.size)
    for operation in ("original", "max-60x60", "fill-40x40", "width-50|format-webp", "width-50|format-jpeg"):
        answer = client.get(image.get_rendition(operation).url)
        assert answer.status_code == 200
        assert corpus.metadata_in(b"".join(answer)) == [], operation
    assert client.get(f"/media/{image.file.name}").status_code == 200
    assert is_clean(media)


def test_other_ways_in_are_guarded_too(admin_client, media):
    data = corpus.with_metadata()["jpeg"]
    ajax = {"headers": {"X-Requested-With": "XMLHttpRequest"}}
    several = {"title": "Une", "collection": Collection.get_first_root_node().pk}
    answer = admin_client.post("/admin/images/multiple/add/", several | {"files[]": upload("b.jpg", data)}, **ajax)
    assert answer.json()["success"]
    # Its title is too long: it waits, as a file, until the agent gives another.
    answer = admin_client.post(
        "/admin/images/multiple/add/", several | {"title": "x" * 300, "files[]": upload("c.jpg", data)}, **ajax
    )
    assert "uploaded_file_id" in str(answer.json())
    assert UploadedFile.objects.count() == 1
    chosen = {f"image-chooser-upload-{k}": v for k, v in fields(upload("d.jpg", data)).items()}
    admin_client.post("/admin/images/chooser/create/", chosen)
    Image.objects.create(title="by a script", file=ContentFile(data, "e.jpg"))
    assert Image.objects.count() == 3
    changed = Image.objects.latest("pk")
    admin_client.post(f"/admin/images/{changed.pk}/", fields(upload("f.png", corpus.with_metadata()["png"])))
    changed.refresh_from_db()
    assert changed.file.name.endswith(("f.jpg", "f.png"))
    assert is_clean(media)


def test_editing_without_another_picture_keeps_the_file(admin_client):
    image = Image.objects.create(title="x", file=ContentFile(corpus.with_metadata()["jpeg"], "e.jpg"))
    name, digest = image.file.name, image.file_hash
    data = fields(None, title="Autre titre")
    del data["file"]
    admin_client.post(f"/admin/images/{image.pk}/", data)
    image.refresh_from_db()
    assert (image.title, image.file.name, image.file_hash) == ("Autre titre", name, digest)


@pytest.mark.parametrize("kind", list(corpus.refused()))
def test_bad_pictures_are_refused_at_the_field(admin_client, kind, media):
    for name in ("a.jpg", "a.png", "a.svg"):
        answer = admin_client.post("/admin/images/add/", fields(upload(name, corpus.refused()[kind])))
        assert answer.status_code == 200
        assert answer.context["form"].errors["file"]
    assert not Image.objects.exists()
    assert not [path for path in media.rglob("*") if path.is_file()]


def test_a_script_that_saves_no_picture_is_told(media):
    with pytest.raises(Refused):
        Image(title="x", file=ContentFile(corpus.SVG, "a.svg"), width=1, height=1).save()
    document = ContentType.objects.get_for_model(Collection)
    UploadedFile.objects.create(for_content_type=document, file=ContentFile(b"anything", "a.txt"))
