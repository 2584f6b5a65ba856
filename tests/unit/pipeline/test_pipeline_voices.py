"""Pages of voices are whole and in order, however many others lie between; a page ends when its time does."""

from __future__ import annotations

import asyncio
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sixhop.pipeline import voices as subject
from sixhop.pipeline.voices import Voices
from sixhop.voices import Voice


class Reader:
    """Voices numbered from 1 on; `slow_s` is what each statement takes."""

    def __init__(self, told: list[tuple[str, bool]], slow_s: float = 0.0) -> None:
        self.voices = [
            Voice(number, f"v{number}", "m", "o", kind, number, number if answered else None, None)
            for number, (kind, answered) in enumerate(told, 1)
        ]
        self.slow_s = slow_s

    async def after(self, number: int, *, limit: int, freshness_token: str | None, timeout_s: float) -> list[Voice]:
        await asyncio.sleep(self.slow_s)
        return self.voices[number : number + limit]


async def page(reader: Reader, after: int, **asked: Any) -> tuple[list[Voice], int | None]:
    voices = Voices(cast(Any, reader), cast(Any, None))
    return await voices.page(after, freshness_token=None, **{"timeout_s": 1.0, **asked})


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(["need", "idea"]), st.booleans()), max_size=20),
    st.booleans(),
    st.sampled_from([(), ("need",)]),
    st.integers(1, 5),
)
def test_page_by_page_all_are_there_once(
    told: list[tuple[str, bool]], unanswered: bool, kinds: tuple[str, ...], limit: int
) -> None:
    async def all_pages() -> list[int]:
        found: list[int] = []
        number: int | None = 0
        while number is not None:
            some, number = await page(Reader(told), number, kinds=kinds, unanswered=unanswered, limit=limit)
            assert len(some) <= limit
            found += [voice.number for voice in some]
        return found

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(subject, "MOST_LOOKED_AT", 3)
        found = asyncio.run(all_pages())
    assert found == [
        number
        for number, (kind, answered) in enumerate(told, 1)
        if (not kinds or kind in kinds) and not (unanswered and answered)
    ]


async def test_where_all_are_answered_a_page_ends_with_its_time_and_says_where_to_go_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(subject, "MOST_LOOKED_AT", 10)
    reader = Reader([("need", True)] * 10_000, slow_s=0.02)
    some, more_after = await page(reader, 0, kinds=(), unanswered=True, limit=5, timeout_s=0.2)
    assert some == []
    assert more_after is not None
    assert 0 < more_after < 10_000
