"""Keys are kept fresh: new ones serve at once, old ones end, and nobody makes the service ask for them all the time."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from credentials import Signer, write_jwks
from sixhop.errors import Misconfigured
from sixhop.identity.keys import MOST_BYTES, Freshness, Keys, open_keys

FIRST, SECOND = Signer("k1"), Signer("k2", "EdDSA")
OFTEN = Freshness(old_after_s=100, every_s=10, trusted_s=1000)


class Place:
    """A JWKS that can be changed, and be gone."""

    def __init__(self, *signers: Signer) -> None:
        self.signers = signers
        self.gone = False
        self.slow_s = 0.0
        self.reads = 0
        self.now = 0.0

    def read(self) -> bytes:
        self.reads += 1
        time.sleep(self.slow_s)
        if self.gone:
            raise OSError("nobody there")
        return json.dumps({"keys": [signer.jwk() for signer in self.signers]}).encode()

    def keys(self, freshness: Freshness = OFTEN) -> Keys:
        return Keys(self.read, freshness, clock=lambda: self.now)


async def test_a_new_key_serves_at_once_and_the_old_one_until_it_is_taken_away() -> None:
    place = Place(FIRST)
    keys = place.keys()
    assert await keys.find("k1")
    place.signers, place.now = (FIRST, SECOND), 11
    assert await keys.find("k2"), "it was not known, so the keys were read again"
    assert await keys.find("k1")
    place.signers, place.now = (SECOND,), 11 + 200
    assert await keys.find("k1") is None, "keys this old are read before they are used"
    assert await keys.find("k2")


async def test_old_keys_are_read_again_while_they_serve() -> None:
    place = Place(FIRST)
    keys = place.keys()
    await keys.check()
    place.slow_s, place.now = 0.05, 150
    started = time.monotonic()
    assert await keys.find("k1")
    assert time.monotonic() - started < 0.04, "nobody waits"
    await asyncio.sleep(0.2)
    assert place.reads == 2


async def test_however_many_unknown_keys_are_named_the_place_is_asked_once_in_a_while() -> None:
    place = Place(FIRST)
    keys = place.keys()
    await keys.check()
    place.now = 11
    assert await asyncio.gather(*(keys.find(f"made-up-{number}") for number in range(50))) == [None] * 50
    assert place.reads == 2
    assert [await keys.find("made-up") for place.now in (12, 15, 20.9)] == [None] * 3
    assert place.reads == 2
    place.now = 21.1
    await keys.find("made-up")
    assert place.reads == 3


async def test_the_event_loop_goes_on_while_keys_are_read() -> None:
    place = Place(FIRST)
    place.slow_s = 0.2
    finding = asyncio.create_task(place.keys().find("k1"))
    ticks = 0
    while not finding.done():
        await asyncio.sleep(0.01)
        ticks += 1
    assert finding.result()
    assert ticks > 5


async def test_a_caller_that_gives_up_does_not_end_the_reading_for_others() -> None:
    place = Place(FIRST)
    place.slow_s = 0.1
    keys = place.keys()
    first, second = asyncio.create_task(keys.find("k1")), asyncio.create_task(keys.find("k1"))
    await asyncio.sleep(0.02)
    first.cancel()
    assert await second
    assert place.reads == 1


async def test_known_keys_serve_on_while_the_place_is_gone_but_not_for_ever(caplog: pytest.LogCaptureFixture) -> None:
    place = Place(FIRST)
    keys = place.keys()
    await keys.check()
    place.gone = True
    for place.now in (150, 300, 999):
        assert await keys.find("k1")
    assert "could not be read again" in caplog.text
    place.now = 1001
    assert await keys.find("k1") is None, "a key that was taken away since would be trusted for ever"
    place.gone, place.now = False, 1020
    assert await keys.find("k1")


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b'{"keys": []}', b'{"keys": [{"kty": "oct"}]}', b"\xff"])
async def test_what_is_no_key_set_is_refused_at_the_start(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "jwks.json"
    path.write_bytes(data)
    with pytest.raises(Misconfigured, match="SIXHOP_JWKS"):
        await open_keys(str(path), every_s=1).check()


async def test_one_key_that_cannot_be_used_does_not_spoil_the_others(tmp_path: Path) -> None:
    encrypts = {**SECOND.jwk(), "use": "enc"}
    odd: list[Any] = [
        {"kty": "oct"},
        {"kty": "EC", "crv": "P-999"},
        {"kty": "RSA"},
        7,
        None,
        {"kty": "OKP", "kid": "x"},
    ]
    path = tmp_path / "jwks.json"
    path.write_text(json.dumps({"keys": [encrypts, *odd, FIRST.jwk()]}))
    keys = open_keys(str(path), every_s=1)
    await keys.check()
    assert await keys.find("k1")
    assert await keys.find("k2") is None, "it is not for signing"


async def test_a_file_is_read_again_when_it_changes(tmp_path: Path) -> None:
    path = write_jwks(tmp_path / "jwks.json", FIRST)
    keys = open_keys(str(path), every_s=10)
    await keys.check()
    write_jwks(path, SECOND)
    deadline = time.monotonic() + 5
    while await keys.find("k2") is None:
        assert time.monotonic() < deadline
        await asyncio.sleep(0.1)
    assert await keys.find("k1") is None


@contextmanager
def serving(body: bytes, status: int = 200, location: str = "") -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            if location:
                self.send_header("Location", location)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/jwks"
        finally:
            server.shutdown()
            thread.join()


async def test_keys_come_from_a_url_and_from_nowhere_that_it_points_to() -> None:
    good = json.dumps({"keys": [FIRST.jwk()]}).encode()
    with serving(good) as url:
        keys = open_keys(url, every_s=1)
        assert await keys.find("k1")
        with serving(b"", 302, url) as elsewhere, pytest.raises(Misconfigured):
            await open_keys(elsewhere, every_s=1).check()
    with serving(b" " * (MOST_BYTES + 1)) as endless, pytest.raises(Misconfigured, match="bytes"):
        await open_keys(endless, every_s=1).check()


@pytest.mark.parametrize("place", ["http://keys.example/jwks", "ftp://keys.example/jwks", "file:///etc/jwks"])
def test_keys_are_fetched_over_https_only(place: str) -> None:
    with pytest.raises(Misconfigured, match="https"):
        open_keys(place, every_s=1)
