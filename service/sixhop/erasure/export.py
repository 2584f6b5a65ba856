"""All that is known of one member as one JSON document, in parts. Knows no gRPC."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncGenerator, AsyncIterator, Iterable
from typing import Any

from sixhop.erasure.files import Places
from sixhop.errors import NotFound
from sixhop.graph.executor import AsyncGraph
from sixhop.graph.exporting import NAMES, ONLY_COUNTED, Seen, in_words, read_member, read_relationships
from sixhop.pipeline.ports import JsonRow
from sixhop.pipeline.rewriting import rows_with
from sixhop.pseudonyms import Pseudonyms
from sixhop.slices import Kind

FORMAT = 1
"""Goes up when a field changes its meaning or goes away."""
PART_BYTES = 256 * 1024
MOST_ANSWERS = 100_000
"""Recorded rows in one document; the latest are left out, and it says so."""


async def export_member(
    graph: AsyncGraph, member_id: str, *, places: Places, pseudonyms: Pseudonyms, seen: Seen | None = None
) -> AsyncGenerator[bytes, None]:
    """The document, in parts of some hundred thousand bytes.

    Args:
        graph: the realm.
        member_id: whose.
        places: where this installation keeps its files.
        pseudonyms: the realm's keyed hashes.
        seen: what whoever asks sees of others; None: all of the realm.

    Raises:
        NotFound: there is no such member.
    """
    found = await read_member(graph, member_id)
    if found is None:
        raise NotFound("there is no member with this member_id")
    part = bytearray()
    async for piece in _pieces(graph, member_id, found, places, pseudonyms, seen):
        part += piece.encode()
        if len(part) >= PART_BYTES:
            yield bytes(part)
            part.clear()
    yield bytes(part)


async def _pieces(
    graph: AsyncGraph,
    member_id: str,
    found: tuple[dict[str, Any], dict[tuple[str, bool], int]],
    places: Places,
    pseudonyms: Pseudonyms,
    seen: Seen | None,
) -> AsyncIterator[str]:
    member, numbers = found
    head = {"format": FORMAT, **in_words({"made_at": int(time.time())}), "realm": graph.realm, "member": member}
    counted = {} if seen else {name: numbers.get(key, 0) for key, name in ONLY_COUNTED.items()}
    yield json.dumps({**head, **counted}, ensure_ascii=False)[:-1]
    for (kind, from_here), name in NAMES.items():
        yield f", {json.dumps(name)}: ["
        between = ""
        if numbers.get((kind, from_here)):
            async for row in read_relationships(graph, member_id, kind, from_here, seen or _all):
                yield f"{between}\n{json.dumps(row, ensure_ascii=False)}"
                between = ","
        yield "]"
    own = pseudonyms.of(member_id)
    rows = [] if seen else await asyncio.to_thread(_recorded, places, own)  # others asked about them, too
    answers = [_answer(row, own) for row in rows[:MOST_ANSWERS]]
    yield f', "recorded_answers_left_out": {max(len(rows) - MOST_ANSWERS, 0)}, "recorded_answers": ['
    for number, answer in enumerate(answers):
        yield f"{',' if number else ''}\n{json.dumps(answer, ensure_ascii=False)}"
    yield "]}\n"


async def _all(_: Kind, ids: Iterable[str]) -> frozenset[str]:
    return frozenset(ids)


def _recorded(places: Places, own: str) -> list[JsonRow]:
    return list(rows_with(places.answers, own))


def _answer(row: JsonRow, own: str) -> dict[str, Any]:
    """A recorded row as it concerns the member: others' hashes are no part of it."""
    chain: Any = row["chain"]
    if own not in (row["sender"], row["target"], *chain):
        return _considered(row)
    role = "sender" if row["sender"] == own else "target" if row["target"] == own else "introducer"
    of_all = {name: row[name] for name in ("surface", "offering_id", "model", "degree")}
    times = in_words({name: row[name] for name in ("shown_at", "as_of")})
    told = {"role": role, "place_in_chain": chain.index(own) if own in chain else None, **times, **of_all}
    if role == "introducer":
        return told
    return {**told, **{name: row[name] for name in ("likelihood", "expected_value", "sources", "features")}}


def _considered(row: JsonRow) -> dict[str, Any]:
    """Of one whom another model would have shown, and who was not."""
    shadow: Any = row["shadow"]
    new = shadow["instead"]
    times = in_words({name: row[name] for name in ("shown_at", "as_of")})
    said = {"offering_id": new["offering_id"], "model": shadow["model"], "degree": new["degree"]}
    return {"role": "considered", "place_in_chain": None, **times, "surface": row["surface"], **said} | {
        "likelihood": new["likelihood"]
    }
