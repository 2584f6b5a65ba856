"""The public keys that tokens are checked with, from a JWKS file or URL, kept fresh. Knows nothing of tokens.

Keys are read again, off the event loop, when they grow old, and when a token names a key that is not known: so a new
key serves at once, and one that was taken away soon ends. However many unknown keys are named, there is one reading at
a time, and one in `every_s` at most. One that fails leaves the keys as they are, until they are too old to be trusted.

PyJWT's own client of a JWKS URL blocks its caller and forgets all keys when a reading fails
(https://github.com/jpadilla/pyjwt/issues/1162), and its key set fails over one key that lacks a part.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from jwt import PyJWK
from jwt.exceptions import PyJWTError

from sixhop.errors import Misconfigured

log = logging.getLogger(__name__)

MOST_BYTES = 256 * 1024
READ_WITHIN_S = 3.0
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_Read = Callable[[], bytes]
_UNREADABLE = (OSError, HTTPException, ValueError)
ALGORITHMS = frozenset({"RS256", "ES256", "EdDSA"})
"""All of them sign with a key that this service does not have. A shared secret would let it make tokens, too."""


@dataclass(frozen=True, slots=True)
class Freshness:
    """When keys are read again, in seconds."""

    old_after_s: float
    """From then on they are read again while the keys that are known still serve; from twice as long on, before."""
    every_s: float
    """The least time between two readings."""
    trusted_s: float = 24 * 3600.0
    """Keys that could not be read again for so long serve no more."""


OF_FILES = Freshness(old_after_s=1.0, every_s=1.0)


def of_url(every_s: float) -> Freshness:
    """A URL costs its server something: it is asked every ten minutes, sooner only for a key that is not known."""
    return Freshness(old_after_s=600.0, every_s=every_s)


class Keys:
    """Keys by their id.

    Args:
        read: Gives the JWKS; called in a thread.
        freshness: When they are read again.
        clock: A monotonic clock in seconds.
    """

    def __init__(self, read: _Read, freshness: Freshness, clock: Callable[[], float] = time.monotonic) -> None:
        self._read = read
        self._freshness = freshness
        self._clock = clock
        self._keys: Mapping[str, PyJWK] = {}
        self._read_at = self._tried_at = float("-inf")
        self._reading: asyncio.Task[None] | None = None

    async def find(self, key_id: str) -> PyJWK | None:
        """The key; None when there is no such key, or none that may still be trusted."""
        age_s = self._clock() - self._read_at
        if key_id not in self._keys or age_s >= 2 * self._freshness.old_after_s:
            if reading := self._again():
                await asyncio.wait({reading}, timeout=READ_WITHIN_S)  # it goes on: others wait for it too
        elif age_s >= self._freshness.old_after_s:
            self._again()
        if self._clock() - self._read_at >= self._freshness.trusted_s:
            return None
        return self._keys.get(key_id)

    async def check(self) -> None:
        """Read them once. Raises `Misconfigured` when there are none that can be used: better said at the start."""
        try:
            self._take(await asyncio.to_thread(self._read))
        except _UNREADABLE as error:
            raise Misconfigured(f"the keys of SIXHOP_JWKS cannot be read: {error}") from error

    def _again(self) -> asyncio.Task[None] | None:
        """The reading under way, a new one, or None where the last one is too short a while ago."""
        if self._reading is None and self._clock() - self._tried_at >= self._freshness.every_s:
            self._tried_at = self._clock()
            self._reading = asyncio.create_task(self._refresh())
        return self._reading

    async def _refresh(self) -> None:
        try:
            self._take(await asyncio.to_thread(self._read))
        except _UNREADABLE as error:
            log.error("the keys of SIXHOP_JWKS could not be read again, the known ones serve on: %s", error)
        finally:
            self._reading = None

    def _take(self, data: bytes) -> None:
        self._keys = _usable(data)
        self._read_at = self._tried_at = self._clock()


def _usable(data: bytes) -> dict[str, PyJWK]:
    """The keys of a JWKS that tokens may be signed with. Raises `ValueError` when there is none."""
    found = json.loads(data)
    keys: dict[str, PyJWK] = {}
    for each in found.get("keys", ()) if isinstance(found, dict) else ():
        try:
            key = PyJWK(each)
        except (PyJWTError, LookupError, TypeError, ValueError, AttributeError):
            continue  # one that cannot be read, or is of a kind that is not known here, does not spoil the others
        signs = key.public_key_use in (None, "sig") and key.algorithm_name in ALGORITHMS
        if signs and isinstance(key.key_id, str):
            keys[key.key_id] = key
    if not keys:
        raise ValueError(f"no key in it has an id (kid) and is for {', '.join(sorted(ALGORITHMS))}")
    return keys


def open_keys(place: str, *, every_s: float) -> Keys:
    """The keys at a path, or at an https URL (http on loopback only).

    Raises:
        Misconfigured: `place` is a URL of another kind.
    """
    if "://" not in place:
        return Keys(lambda: _of_file(Path(place)), OF_FILES)
    parts = urlsplit(place)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK):
        raise Misconfigured("SIXHOP_JWKS must be a path or an https:// URL")
    return Keys(lambda: _of_url(place), of_url(every_s))


def _of_file(path: Path) -> bytes:
    with path.open("rb") as file:
        return _bounded(file.read(MOST_BYTES + 1))


class _NoRedirect(HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        """None: keys come from where the settings say, and from nowhere else."""


def _of_url(url: str) -> bytes:
    request = Request(url, headers={"Accept": "application/json"})
    with build_opener(_NoRedirect).open(request, timeout=READ_WITHIN_S) as answer:
        return _bounded(answer.read(MOST_BYTES + 1))


def _bounded(data: bytes) -> bytes:
    if len(data) > MOST_BYTES:
        raise ValueError(f"more than {MOST_BYTES} bytes are no key set")
    return data
