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
