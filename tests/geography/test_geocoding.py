"""Addresses, with a service that is well, slow, wrong, huge, tired or away: an answer is never blocked."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from geography import asking, geocoding
from surveys.questions.base import Form

BOX = [4.8, 45.7, 4.9, 45.8]
GOOD = json.dumps(
    {
        "features": [
            {"geometry": {"coordinates": [4.81, 45.71]}, "properties": {"label": "12 Rue de la Vère", "score": 0.9}},
            {"geometry": {"coordinates": [2.35, 48.85]}, "properties": {"label": "Paris", "score": 0.8}},
            {"geometry": None, "properties": {}},
        ]
    }
).encode()


@pytest.fixture
def service(settings):
    """`service.answer` is (status, headers, body, seconds it takes); `service.asked` the paths that were asked."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            server.asked.append(self.path)
            status, headers, body, seconds = server.answer
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            end = time.monotonic() + seconds
            try:
                while time.monotonic() < end:  # drop by drop: no single wait is long
                    self.wfile.write(b" ")
                    time.sleep(0.2)
                self.wfile.write(body)
            except OSError:
                pass

        def log_message(self, *_args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.asked, server.answer = [], (200, {}, GOOD, 0)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.GEOCODER_URL = f"http://127.0.0.1:{server.server_port}/search"
    yield server
    server.shutdown()
    server.server_close()


def test_an_address_is_found_inside_the_area_and_asked_once(service, client):
    assert client.get("/adresses/", {"q": "12 rue de la vère", "carte": "4.8,45.7,4.9,45.8"}).json() == {
        "addresses": [{"label": "12 Rue de la Vère", "point": [4.81, 45.71]}]
    }
    assert geocoding.search("12  Rue de la Vère", BOX)[0].point == (4.81, 45.71)
    assert len(service.asked) == 1 and "lon=4.85" in service.asked[0]
    assert len(geocoding.search("12 rue de la vère")) == 2


def test_an_answer_to_a_question_takes_the_point_of_its_address(service):
    where = asking.ask(area={"type": "Polygon", "coordinates": [[[4.8, 45.7], [4.9, 45.7], [4.9, 45.8], [4.8, 45.7]]]})
    typed = {"q1_address": ["12 rue de la vère"]}
    where["area"] = None
    assert asking.read(where, "q1", Form(typed))["way"] == "address"
    service.answer = (500, {}, b"", 0)
    lost = asking.read(where, "q1", Form({"q1_address": ["ailleurs"]}))
    assert (lost["way"], lost["label"]) == ("words", "ailleurs")


@pytest.mark.parametrize(
    "answer",
    [
        (500, {}, b"", 0),
        (200, {}, b"<html>", 0),
        (200, {}, b"[]", 0),
        (200, {}, b'{"features": {"a": 1}}', 0),
        (200, {}, b" " * 300_000 + GOOD, 0),
        (302, {"Location": "http://169.254.169.254/"}, b"", 0),
    ],
    ids=["broken", "html", "list", "object", "huge", "redirect"],
)
def test_whatever_the_service_says_nothing_fails_and_after_three_it_rests(service, answer, client, monkeypatch):
    monkeypatch.setattr(geocoding, "PATIENCE", 10)  # a busy machine is no answer of the service
    service.answer = answer
    for number in range(5):
        assert client.get("/adresses/", {"q": f"rue {number}"}).json() == {"addresses": []}
    assert len(service.asked) == geocoding.FAILURES


def test_nobody_waits_for_a_slow_service(service):
    service.answer = (200, {}, GOOD, 10)
    start = time.monotonic()
    assert geocoding.search("12 rue de la vère") == []
    assert time.monotonic() - start < geocoding.PATIENCE + 0.5


def test_a_tired_service_is_left_alone_for_as_long_as_it_says(service, monkeypatch):
    service.answer = (429, {"retry-after": "5"}, b"", 0)
    assert geocoding.search("rue une") == geocoding.search("rue deux") == []
    assert len(service.asked) == 1
    service.answer, now = (200, {}, GOOD, 0), time.monotonic()
    monkeypatch.setattr(geocoding.time, "monotonic", lambda: now + 6)
    assert geocoding.search("rue trois")


def test_a_flood_asks_no_more_than_the_service_allows(service):
    for number in range(geocoding.PER_SECOND + 5):
        geocoding.search(f"rue numéro {number}")
    assert len(service.asked) <= geocoding.PER_SECOND


def test_without_a_service_or_with_nonsense_nothing_is_asked(service, settings, client):
    for query in ({}, {"q": "a"}, {"q": "x\x00" * 900, "carte": "nan,1,2,inf"}, {"q": "rue", "carte": "a,b"}):
        assert client.get("/adresses/", query).status_code == 200
    asked = len(service.asked)
    settings.GEOCODER_URL = ""
    assert geocoding.search("12 rue de la vère") == [] and len(service.asked) == asked
