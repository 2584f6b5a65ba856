"""Erases members from the graph and from the files of this installation. Knows no gRPC."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sixhop.erasure.files import Places, erase_from_files
from sixhop.errors import Reason, SixhopError
from sixhop.graph.erasing import HIDE_WITHIN_S, Eraser, Tell
from sixhop.graph.executor import AsyncGraph, Graph
from sixhop.pipeline.ports import JsonRow, Recorder
from sixhop.pipeline.record import without
from sixhop.pseudonyms import Pseudonyms
from sixhop.tasks import end

log = logging.getLogger(__name__)
ANSWER_S = 0.05
"""So much of a call's time is left to answer it."""
AWAIT_END_S = 1.0
"""So long an answer waits for the end: it holds a turn that others wait for."""
MOST_RECENT = 10_000


@dataclass(frozen=True, slots=True)
class Erased:
    """A member is hidden for good; `finished` says whether all of it is gone too."""

    finished: bool
    freshness_token: str


class RecentlyErased:
    """Keeps answers that were under way when a member was erased from being recorded with it."""

    def __init__(self) -> None:
        self._hashes: dict[str, None] = {}

    def add(self, member_hash: str) -> None:
        self._hashes[member_hash] = None
        if len(self._hashes) > MOST_RECENT:
            del self._hashes[next(iter(self._hashes))]

    def kept(self, rows: Sequence[JsonRow]) -> Sequence[JsonRow]:
        if not self._hashes:
            return rows
        return [row for row in (without(each, self._hashes) for each in rows) if row is not None]


class RecorderWithoutErased:
    """A recorder of answers that leaves out who was erased meanwhile."""

    def __init__(self, inner: Recorder, recently: RecentlyErased) -> None:
        self._inner = inner
        self._recently = recently

    def put(self, make_rows: Callable[[], Sequence[JsonRow]]) -> bool:
        return self._inner.put(lambda: self._recently.kept(make_rows()))


class MemberEraser:
    """Erases members of one realm.

    Args:
        graph: the realm.
        places: where this installation keeps its files.
        pseudonyms: the realm's keyed hashes.
        recently: is told who is erased.
    """

    def __init__(
        self, graph: AsyncGraph, places: Places, pseudonyms: Pseudonyms, recently: RecentlyErased | None = None
    ) -> None:
        self._eraser = Eraser(graph, pseudonyms.of)
        self._places = places
        self._pseudonyms = pseudonyms
        self._recently = recently or RecentlyErased()
        self._files = asyncio.Lock()
        self._at_work: set[asyncio.Task[None]] = set()

    async def erase(self, member_id: str, *, tell: Tell) -> None:
        """Erase one member, whether it is there or not. Stopped, it is gone on with by the same again.

        Raises:
            Unavailable: the graph does not answer, or a segment is not let go of.
        """
        token = await self._hide(member_id, HIDE_WITHIN_S)
        await self._finish(member_id, token, tell)

    async def erase_within(self, member_id: str, timeout_s: float) -> Erased:
        """Erase one member; what takes longer goes on when this returns.

        Raises:
            Unavailable: it was not hidden, or something failed afterwards: the same again goes on with it.
        """
        deadline = time.monotonic() + timeout_s - ANSWER_S
        token = await self._hide(member_id, deadline - time.monotonic())
        task = asyncio.create_task(self._finish(member_id, token, lambda *_: None))
        self._at_work.add(task)
        task.add_done_callback(self._ended)
        done, _ = await asyncio.wait({task}, timeout=max(min(AWAIT_END_S, deadline - time.monotonic()), 0.0))
        if done:
            task.result()
        return Erased(bool(done), token)

    async def close(self) -> None:
        """Let what is being taken apart be; the same call again goes on with it, and so does `sixhop tidy`."""
        await end(*self._at_work)

    async def _hide(self, member_id: str, timeout_s: float) -> str:
        self._recently.add(self._pseudonyms.of(member_id))
        return await self._eraser.hide(member_id, timeout_s=timeout_s)

    async def _finish(self, member_id: str, token: str, tell: Tell) -> None:
        await self._eraser.take_apart(member_id, tell, hidden=token)
        hashes = frozenset({self._pseudonyms.of(member_id)})
        async with self._files:
            await asyncio.to_thread(erase_from_files, self._places, hashes, self._pseudonyms)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._at_work.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            reason = error.reason if isinstance(error, SixhopError) else Reason.INTERNAL
            log.warning("what is left of an erased member is still to be taken: %s; `sixhop tidy` goes on", reason)


async def erase_member(graph: Graph, member_id: str, places: Places, pseudonyms: Pseudonyms, tell: Tell) -> None:
    """Erase one member of a realm that is worked on in batch."""
    async with AsyncGraph(graph.at, graph.catalog, graph.realm) as beside:
        await MemberEraser(beside, places, pseudonyms).erase(member_id, tell=tell)
