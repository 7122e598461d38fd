"""Search finds what is published, and nothing that is typed breaks it."""

import pytest

from tests.factories.pages import ConsultationPageFactory

pytestmark = pytest.mark.django_db


def test_finds_published_consultations_only(client):
    ConsultationPageFactory(open=True, title="Ombre sur la place")
    ConsultationPageFactory(open=True, title="Ombre secrète", draft=True)
    html = client.get("/recherche/", {"q": "ombre"}).content.decode()
    assert "Ombre sur la place" in html
    assert "Ombre secrète" not in html


@pytest.mark.parametrize(
    "query", ["", "\x00", "'\"; drop table", "%_\\", "a" * 50_000, "\ud800", "((", "AND OR NOT", "*:*", "é" * 99]
)
@pytest.mark.parametrize("page", ["", "1", "-1", "999999", "abc", "\x00"])
def test_odd_input_is_answered(client, query, page):
    response = client.get("/recherche/", {"q": query.encode("utf-8", "surrogatepass"), "page": page})
    assert response.status_code == 200


@pytest.mark.parametrize("query", ["école", "ecole", "ÉCOLE", "forêt", "foret", "étés", "etes"])
def test_accents_do_not_matter(client, query):
    ConsultationPageFactory(open=True, title="Étés à l’école, près de la forêt")
    ConsultationPageFactory(open=True, title="Tout autre chose")
    html = client.get("/recherche/", {"q": query}).content.decode()
    assert "près de la forêt" in html
    assert "Tout autre chose" not in html


@pytest.mark.parametrize("query", ["légales", "legales", "accessibilité", "modération", "consultations"])
def test_the_owed_pages_of_a_fresh_install_are_found(client, query):
    assert 'class="list"' in (html := client.get("/recherche/", {"q": query}).content.decode())
    assert "<li><h2>" in html
