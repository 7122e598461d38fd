"""Headers, health and error pages."""

import pytest

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("url", ["/", "/suivi/", "/admin/login/", "/sante/", "/nulle-part/"])
def test_every_reply_carries_the_headers(client, url):
    response = client.get(url)
    for name in ("Content-Security-Policy", "Permissions-Policy", "X-Content-Type-Options", "Referrer-Policy"):
        assert name in response.headers
    if not url.startswith("/admin/"):
        assert "unsafe-inline" not in response["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in response["Content-Security-Policy"]


def test_health_tells_of_database_redis_and_counting(client):
    response = client.get("/sante/")
    assert response.status_code == 200
    report = response.json()
    assert report["database"] is True and report["redis"] is True
    assert report["oldest_uncounted_seconds"] == 0


def test_health_survives_a_missing_redis(client, settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    response = client.get("/sante/")
    assert response.status_code == 200
    assert response.json()["redis"] is False


def test_the_queue_dashboard_is_nowhere(client, django_user_model):
    client.force_login(django_user_model.objects.create_user("staff", password="x", is_staff=True))
    for url in ("/django-admin/", "/django-rq/", "/rq/"):
        assert client.get(url).status_code == 404
    assert client.get("/admin/django-rq/").status_code == 302  # to the login: not a member of the staff of Wagtail


def test_a_lost_page_is_told_in_french(client):
    response = client.get("/nulle-part/")
    assert response.status_code == 404
    assert "Page introuvable" in response.content.decode()


def test_our_own_fault_needs_no_database(rf):
    from cms.errors import server_error

    response = server_error(rf.get("/"))
    assert response.status_code == 500
    assert "panne" in response.content.decode()


def test_the_short_way_keeps_headers_hosts_and_error_pages(client, settings):
    lost = client.post("/enquetes/inconnue/repondre/", {"version": "1", "token": "x"})
    assert lost.status_code == 404
    assert "Page introuvable" in lost.content.decode()
    assert "Content-Security-Policy" in lost.headers
    assert client.get("/enquetes/inconnue/resultats.json").status_code == 404
    settings.ALLOWED_HOSTS = ["participer.example"]
    assert client.post("/enquetes/x/repondre/", HTTP_HOST="evil.example").status_code == 400
