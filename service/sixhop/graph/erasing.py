"""Erases members from the graph: hidden at once and for good, then taken apart in bounded batches. Knows no files.

Hiding gives the member's node an id that no member can have: from then on it is found by nobody, and who still meets it
over a tie may neither reach, ask nor name it. Taking it apart can be stopped anywhere and gone on with by anybody.
"""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable

from sixhop.graph.close import rebuild_within
from sixhop.graph.executor import AsyncGraph, AsyncTransaction
from sixhop.graph.recording.ties import SCANNED_AT_ONCE, SHORT

WHAT = "writes/erase"
HIDDEN = "~" * 129
"""What the ids of hidden members begin with. Longer than an id can be, so that no request names one."""
HIDE_WITHIN_S = 10.0
BATCH_WITHIN_S = 60.0
CONTACTS, OUTREACHES, REST = 500, 200, 1_000
"""So much is taken in one transaction."""
ANSWERS_WITH_IT = 10_000
"""So many voices lose the name of who answered them in the transaction that hides the member; more follow."""
Tell = Callable[[str, int, int], None]
Step = Callable[[AsyncTransaction, str], Awaitable[int]]


class Eraser:
    """Takes members out of one realm.

    Args:
        graph: the realm.
        pseudonym: the keyed hash of an id, under which it is kept who was erased.
    """

    def __init__(self, graph: AsyncGraph, pseudonym: Callable[[str], str]) -> None:
        self._graph = graph
        self._pseudonym = pseudonym

    async def hide(self, member_id: str, *, timeout_s: float = HIDE_WITHIN_S) -> str:
        """Hide the member, known or not, and see that nothing brings it back. Returns the freshness token."""
        member_hash = self._pseudonym(member_id)
        left_id = f"{HIDDEN}{member_hash}{secrets.token_hex(4)}"

        async def work(tx: AsyncTransaction) -> None:
            await tx.row("writes/erase_hide", member_id=member_id, member_hash=member_hash, left_id=left_id)
            await tx.row("writes/erase_answers", member_id=member_id, batch=ANSWERS_WITH_IT)

        _, token = await self._graph.transact(work, what=WHAT, timeout_s=timeout_s)
        return token

    async def take_apart(self, member_id: str, tell: Tell, *, hidden: str | None = None) -> None:
        """Take all that is left of a member who was hidden, and its id from what others keep.

        `hidden`: the freshness token of hiding it.
        """

        async def answers(tx: AsyncTransaction, _: str) -> int:
            done: int = (await tx.row("writes/erase_answers", member_id=member_id, batch=REST))["done"]
            return done

        while await self._batch(answers, ""):
            pass
        await self._take_apart(f"{HIDDEN}{self._pseudonym(member_id)}", tell, self._graph.after(hidden))

    async def take_apart_all(self, tell: Tell) -> int:
        """Take all that is left of anybody who was hidden: what others were kept from. Returns of how many."""
        return await self._take_apart(HIDDEN, tell, self._graph)

    async def _take_apart(self, prefix: str, tell: Tell, graph: AsyncGraph) -> int:
        members = 0
        while rows := await graph.rows("ops/erase_left", prefix=prefix):
            for row in rows:
                await self._take_apart_one(row["left_id"], row["relationships"], tell)
                members += 1
        return members

    async def _take_apart_one(self, left_id: str, total: int, tell: Tell) -> None:
        done = 0
        short: list[str] = []

        async def contacts(tx: AsyncTransaction, left_id: str) -> int:
            short.clear()
            found, unfilled = await _take_contacts(tx, left_id)
            short.extend(unfilled)
            return found

        steps: tuple[tuple[str, Step], ...] = (
            ("ties", contacts),
            ("outreaches", _take_outreaches),
            ("experiences", _take_experiences),
            ("all else", _take_rest),
        )
        for what, step in steps:
            while taken := await self._batch(step, left_id):
                done += taken
                tell(f"erasing {what}", done, max(total, done))
                for member_id in short:  # one by one: each is a scan of all ties of a member who has many
                    await self._graph.transact(
                        lambda tx, whom=member_id: rebuild_within(tx, [whom]),  # type: ignore[misc]
                        what=WHAT,
                        timeout_s=BATCH_WITHIN_S,
                    )
                short.clear()

    async def _batch(self, step: Step, left_id: str) -> int:
        taken, _ = await self._graph.transact(lambda tx: step(tx, left_id), what=WHAT, timeout_s=BATCH_WITHIN_S)
        return taken


async def _take_contacts(tx: AsyncTransaction, left_id: str) -> tuple[int, list[str]]:
    """How many members were parted from it, and those with many ties whose lists should be made anew."""
    rows = await tx.rows("questions/erase_contacts", left_id=left_id, batch=CONTACTS)
    if not rows:
        return 0, []
    ids = [row["member_id"] for row in rows]
    shorter = (await tx.row("writes/erase_ties", left_id=left_id, member_ids=ids))["shorter"]
    if few := sorted(member_id for member_id, ties, _ in shorter if ties <= SCANNED_AT_ONCE):
        await rebuild_within(tx, few)
    many = sorted((member_id, listed) for member_id, ties, listed in shorter if ties > SCANNED_AT_ONCE)
    if many:
        await tx.row("writes/close_bests", member_ids=[member_id for member_id, _ in many])
    return len(ids), [member_id for member_id, listed in many if listed < SHORT]


async def _take_outreaches(tx: AsyncTransaction, left_id: str) -> int:
    ids = [row["outreach_id"] for row in await tx.rows("questions/erase_outreaches", left_id=left_id, batch=OUTREACHES)]
    if ids:
        await tx.row("writes/erase_outreaches", left_id=left_id, outreach_ids=ids)
    return len(ids)


async def _take_experiences(tx: AsyncTransaction, left_id: str) -> int:
    done: int = (await tx.row("writes/erase_experiences", left_id=left_id, batch=REST))["done"]
    return done


async def _take_rest(tx: AsyncTransaction, left_id: str) -> int:
    rows = await tx.rows("writes/erase_rest", left_id=left_id, batch=REST)
    return int(rows[0]["done"]) if rows else 0
