"""Carries what the last write returned to the reads that follow: a client sees what it wrote. Knows no channels."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from google.protobuf.message import Message

KEPT_S = 60.0
"""A replica of the graph that is further behind than this is broken: better an older answer than none."""
FIELD = "freshness_token"


class Freshness:
    """One token, that of the last write that returned; safe to use from several threads."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._token: str = ""
        self._at = 0.0

    def give(self, request: Message) -> None:
        """Put the token into a request that takes one and has none."""
        if FIELD not in request.DESCRIPTOR.fields_by_name or request.HasField(FIELD):
            return
        with self._lock:
            token = self._token if self._clock() - self._at <= KEPT_S else ""
        if token:
            setattr(request, FIELD, token)

    def take(self, answer: Message) -> None:
        """Keep the token that a write returned."""
        if FIELD in answer.DESCRIPTOR.fields_by_name and (token := getattr(answer, FIELD)):
            with self._lock:
                self._token, self._at = token, self._clock()
