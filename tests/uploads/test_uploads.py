"""What citizens send as files: stored safe, seen by whom it may be, gone when it must be."""

import errno
import os
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from participation import receipts
from participation.identity import participant_key
from participation.models import Scope
from tests.factories import pictures as corpus
from tests.factories.moderation import member, moderator
from tests.factories.pages import ConsultationPageFactory
from uploads import store
from uploads.models import Upload
from uploads.pictures import Refused

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


@pytest.fixture
def scope():
    return Scope.objects.create()


def sent(data: bytes, name: str = "IMG_2041.jpg", content_type: str = "image/jpeg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data, content_type)


def photo(scope: Scope, **options) -> Upload:
    return store.receive(sent(corpus.with_metadata()["jpeg"]), scope, **options)


def files(media: Path) -> list[Path]:
    return sorted(path for path in media.rglob("*") if path.is_file())


def test_every_reachable_picture_and_every_file_is_free_of_metadata(client, scope, media):
    for name, data in corpus.taken().items():
        upload = store.receive(sent(data, f"{corpus.CANARY}.jpg"), scope, alt=f"Une photo: {name}")
        store.show(upload.pk)
        for address in (upload.url, upload.thumbnail_url):
            response = client.get(address)
            assert response.status_code == 200, name
            assert response["Content-Type"] in ("image/jpeg", "image/png")
            assert corpus.metadata_in(response.content) == [], name
            assert not any(corpus.CANARY in value for value in response.headers.values())
    stored = files(media)
    assert len(stored) == 2 * len(corpus.taken())
    for path in stored:
        assert corpus.metadata_in(path.read_bytes()) == [], path
        assert corpus.CANARY not in str(path)


def test_bad_files_are_refused_and_leave_nothing(scope, media):
    for kind in ("photo", "file"):
        for name, data in corpus.refused().items():
            if kind == "file" and name == "pdf":
                continue
            with pytest.raises(Refused) as refusal:
                store.receive(sent(data), scope, kind)
            assert refusal.value.message, name
    with pytest.raises(Refused):
        store.receive(sent(b"\xff" * (10 * 1024 * 1024 + 1)), scope)
    assert not Upload.objects.exists()
    assert not files(media)


def test_the_content_decides_not_the_name(scope):
    assert store.receive(sent(corpus.saved(corpus.scene(), "WEBP"), "a.svg", "image/svg+xml"), scope).width == 96
    assert store.receive(sent(PDF, "a.jpg", "image/jpeg"), scope, "file").media_type == "application/pdf"
    with pytest.raises(Refused):
        store.receive(sent(PDF, "a.jpg", "image/jpeg"), scope, "photo")
    with pytest.raises(Refused):
        store.receive(sent(corpus.HTML + PDF, "a.pdf", "application/pdf"), scope, "file")


def test_what_is_not_shown_is_seen_by_who_moderates_there_and_by_nobody_else(client, scope, settings):
    here, elsewhere = ConsultationPageFactory(open=True), ConsultationPageFactory(open=True)
    upload = photo(here.scope, alt="Un nid-de-poule")
    boss = Client()
    boss.force_login(member("Administrateurs", name="boss"))
    watched = {
        "anybody": (client, 404, 302),
        "agent": (_signed_in(member("Agents de communication", name="agent")), 404, 404),
        "moderator": (_signed_in(moderator("mona", page=here)), 404, 200),
        "moderator elsewhere": (_signed_in(moderator("otto", page=elsewhere)), 404, 404),
    }
    for who, (browser, public, admin) in watched.items():
        for address, status in (
            (upload.url, public),
            (upload.thumbnail_url, public),
            (upload.admin_url, admin),
            (upload.admin_thumbnail_url, admin),
        ):
            assert browser.get(address).status_code == status, (who, address)
    answer = watched["moderator"][0].get(upload.admin_url)
    assert {"private", "no-store"} <= set(answer["Cache-Control"].split(", "))
    store.show(upload.pk)
    assert client.get(upload.url).status_code == 200
    store.hide(upload.pk)
    assert client.get(upload.url).status_code == 404
    for address in (
        f"/media/{upload.file}",
        f"/media/original_images/../{upload.file}",
        f"/media/images/../{upload.file}",
    ):
        assert client.get(address).status_code == 404, address


def _signed_in(user) -> Client:
    browser = Client()
    browser.force_login(user)
    return browser


def test_files_are_served_so_that_nothing_in_them_runs(client, scope, django_assert_num_queries):
    picture, document = photo(scope), store.receive(sent(PDF), scope, "file")
    store.show(picture.pk, document.pk)
    with django_assert_num_queries(1):
        response = client.get(picture.url)
    assert response["Content-Disposition"] == f'inline; filename="photo-{picture.pk.hex[:8]}.jpg"'
    assert client.get(document.url)["Content-Disposition"].startswith("attachment; filename=")
    assert client.get(document.thumbnail_url).status_code == 404
    for one in (response, client.get(document.url)):
        assert one["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in one["Content-Security-Policy"] and "script" not in one["Content-Security-Policy"]
        assert one["Cache-Control"] == "public, max-age=60, must-revalidate"
        assert "Set-Cookie" not in one and "Cookie" not in one.get("Vary", "")
    assert client.get(document.url).content == PDF
    again = client.get(picture.url, headers={"If-None-Match": response["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert client.post(picture.url).status_code == 405
    store.hide(picture.pk)
    assert client.get(picture.url, headers={"If-None-Match": response["ETag"]}).status_code == 404


def test_deleting_the_row_deletes_the_files_after_the_commit(scope, media, django_capture_on_commit_callbacks):
    upload = photo(scope)
    with django_capture_on_commit_callbacks() as waiting:
        upload.delete()
        assert len(files(media)) == 2
    for delete in waiting:
        delete()
    assert not files(media)


def test_files_go_with_the_person_and_with_the_scope(scope, media, django_capture_on_commit_callbacks):
    code = scope.tag + "0123456789ABCDEF"
    key = participant_key(scope.salt, code)
    mine, theirs = photo(scope), photo(scope, key=b"x" * 32)
    assert store.attach(mine, key)
    with django_capture_on_commit_callbacks(execute=True):
        assert receipts.erase(code) == 1
    assert [upload.pk for upload in Upload.objects.all()] == [theirs.pk]
    assert len(files(media)) == 2
    with django_capture_on_commit_callbacks(execute=True):
        scope.delete()
    assert not files(media)


def test_a_reference_carries_what_was_received_until_it_is_attached(scope):
    upload, elsewhere = photo(scope), Scope.objects.create()
    reference = store.reference(upload)
    assert store.waiting(reference, scope) == upload
    assert store.waiting(reference, elsewhere) is None
    for forged in ("", "x", reference[:-1], upload.pk.hex, f"{upload.pk.hex}:abc", "é\0" * 90):
        assert store.waiting(forged, scope) is None
    assert store.attach(upload)
    assert not store.attach(upload)
    assert store.waiting(reference, scope) is None


def test_the_sweep_deletes_what_nothing_refers_to(scope, media, django_capture_on_commit_callbacks):
    kept, fresh, old = photo(scope), photo(scope), photo(scope)
    store.attach(kept)
    long_ago = timezone.localdate() - timedelta(days=2)
    Upload.objects.filter(pk__in=[kept.pk, old.pk]).update(waits_until=long_ago)
    lost = [media / "private" / "ab" / f"{n}.jpg" for n in ("old", "new")]
    for path in lost:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"lost")
    for path in [lost[0], *(media / name for name in (kept.file, kept.thumbnail))]:
        os.utime(path, (time.time() - 90_000,) * 2)
    with django_capture_on_commit_callbacks(execute=True):
        assert store.sweep() == 2
    assert set(Upload.objects.all()) == {kept, fresh}
    assert len(files(media)) == 5 and lost[1] in files(media)
    assert store.sweep() == 0


def test_a_full_disk_refuses_the_file_in_words_and_leaves_nothing(scope, media, monkeypatch):
    written = []

    def save(name, content):
        if written:
            raise OSError(errno.ENOSPC, "No space left on device")
        written.append(name)
        return original(name, content)

    original = default_storage.save
    monkeypatch.setattr(default_storage, "save", save)
    with pytest.raises(store.NoRoom) as refusal:
        photo(scope)
    assert "plus tard" in refusal.value.message
    assert written and not files(media)
    assert not Upload.objects.exists()


def test_a_description_is_one_clean_line(scope):
    assert photo(scope, alt=" Un \0 nid\nde  poule ").alt == "Un nid de poule"
    assert len(photo(scope, alt="é" * 999).alt) == store.LONGEST_ALT


def test_a_flood_from_one_address_is_braked(rf, settings):
    settings.UPLOADS_PER_ADDRESS = (2, 600)
    request = rf.post("/")
    assert [store.is_over_limit(request) for _ in range(3)] == [False, False, True]
