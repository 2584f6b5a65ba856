"""Watches what members voice, and says who should answer. Knows neither gRPC nor Neo4j."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol

from sixhop.domain import Answer, Goal
from sixhop.errors import InvalidInput, NotFound, Reason, Refused, SixhopError, Unavailable
from sixhop.pipeline.answers import Answers, Asked
from sixhop.voices import Voice

LOOK_EVERY_S = 0.2
LOOK_WITHIN_S = 2.0
ANSWERER_WITHIN_S = 0.5
MOST_AT_ONCE = 32
"""Voices read ahead of those that were passed on."""
TRY_AGAIN_AFTER_S = 1.0
MOST_LOOKED_AT = 500
"""Voices that one statement reads for a page."""


Turn = Callable[[], AbstractAsyncContextManager[None]]


class VoiceReader(Protocol):
    """Where voices are read."""

    async def after(
        self, number: int, *, limit: int, freshness_token: str | None = None, timeout_s: float
    ) -> list[Voice]:
        """The first `limit` voices after `number`."""
        ...

    async def last(self, *, timeout_s: float) -> int:
        """The number of the voice that came last; 0 where none did."""
        ...


@dataclass(frozen=True, slots=True)
class Heard:
    """A voice, and who should answer it; or why that could not be said."""

    voice: Voice
    answer: Answer | None = None
    no_answerers: Reason | None = None


@dataclass(frozen=True, slots=True)
class Voices:
    """The voices of one realm."""

    reader: VoiceReader
    answers: Answers

    async def watch(
        self, request_id: str, *, after: int, kinds: tuple[str, ...], suggestions: int, turn: Turn
    ) -> AsyncGenerator[Heard, None]:
        """Voices after a number, each once, as they come.

        Where the graph does not answer, it is asked again until it does: a watcher misses nothing.

        Args:
            request_id: For the log.
            after: The number of the last voice that was dealt with.
            kinds: Only of these; of all where there are none.
            suggestions: How many answerers for each.
            turn: Held while answerers are looked for, and no longer.
        """
        number = after
        while True:
            try:
                some = await self.reader.after(number, limit=MOST_AT_ONCE, timeout_s=LOOK_WITHIN_S)
            except Unavailable:
                await asyncio.sleep(TRY_AGAIN_AFTER_S)
                continue
            for voice in some:
                if not kinds or voice.kind in kinds:
                    async with turn():
                        heard = await self._heard(request_id, voice, suggestions)
                    yield heard
                number = voice.number
            if len(some) < MOST_AT_ONCE:
                await asyncio.sleep(LOOK_EVERY_S)

    async def page(
        self,
        after: int,
        *,
        kinds: tuple[str, ...],
        unanswered: bool,
        limit: int,
        freshness_token: str | None,
        timeout_s: float,
    ) -> tuple[list[Voice], int | None]:
        """The next voices of some kinds (all, where none is named), and after which number to go on; None at the end.

        They are fewer than `limit`, or none, where half of the time went by with others.
        """
        until = time.monotonic() + timeout_s / 2
        found: list[Voice] = []
        number = after
        while True:
            some = await self.reader.after(
                number, limit=MOST_LOOKED_AT, freshness_token=freshness_token, timeout_s=timeout_s / 2
            )
            for place, voice in enumerate(some, 1):
                number = voice.number
                if (not kinds or voice.kind in kinds) and not (unanswered and voice.answered_at is not None):
                    found.append(voice)
                if len(found) == limit and (place < len(some) or len(some) == MOST_LOOKED_AT):
                    return found, number
            if len(some) < MOST_LOOKED_AT:
                return found, None
            if time.monotonic() > until:
                return found, number

    async def _heard(self, request_id: str, voice: Voice, suggestions: int) -> Heard:
        if not suggestions or voice.answered_at is not None:
            return Heard(voice)
        asked = Asked(request_id=request_id, total_s=ANSWERER_WITHIN_S)
        try:
            answer = await self.answers.find_referrers(
                asked,
                target_id=voice.member_id,
                enterprise_id=None,
                offering_id=voice.offering_id,
                goal=Goal.ANSWER,
                limit=suggestions,
            )
        except (Refused, NotFound, Unavailable, InvalidInput) as error:
            return Heard(voice, no_answerers=error.reason)
        except SixhopError:
            return Heard(voice, no_answerers=Reason.INTERNAL)
        return Heard(voice, answer)
