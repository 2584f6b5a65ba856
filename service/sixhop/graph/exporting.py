"""Reads all that the graph holds of one member, a page at a time, in words and dates. Knows no files and no gRPC."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from sixhop.graph.executor import AsyncGraph, Row
from sixhop.slices import Kind

PAGE = 1_000
OUT, IN = True, False
NAMES: dict[tuple[str, bool], str] = {
    ("KNOWS", OUT): "can_contact",
    ("KNOWS", IN): "can_be_contacted_by",
    ("KNEW", OUT): "could_contact_once",
    ("KNEW", IN): "could_be_contacted_once_by",
    ("CLOSE_TO", OUT): "closest_contacts",
    ("CLOSE_FROM", OUT): "closest_who_can_contact",
    ("CLOSE_TO", IN): "among_the_closest_contacts_of",
    ("CLOSE_FROM", IN): "among_the_closest_who_can_contact",
    ("BLOCKS", OUT): "blocks",
    ("UNBLOCKED", OUT): "no_longer_blocks",
    ("CUSTOMER_OF", OUT): "customer_of",
    ("ACTS_FOR", OUT): "acts_for",
    ("BELONGS_TO", OUT): "communities",
    ("EXPERIENCED", OUT): "experiences",
    ("VOICED", OUT): "voices",
    ("HOP", IN): "outreaches",
    ("ADOPTED_THROUGH", OUT): "adopted_through",
}
"""What leads from a member or to it, as the document calls it."""
ONLY_COUNTED = {("BLOCKS", IN): "blocked_by", ("UNBLOCKED", IN): "no_longer_blocked_by"}
"""Who has blocked somebody is theirs to tell: these are only counted."""
_OTHER_IDS = {
    "Member": "member_id",
    "Offering": "offering_id",
    "Enterprise": "enterprise_id",
    "Community": "community_id",
    "Outreach": "outreach_id",
}
_SEEN_AS = {
    "Member": Kind.MEMBER,
    "Offering": Kind.OFFERING,
    "Enterprise": Kind.ENTERPRISE,
    "Community": Kind.COMMUNITY,
    "Outreach": Kind.OUTREACH,
}
_TIMES = frozenset({"at", "since", "until", "recent", "deadline", "available_from"})
_INTERNAL = frozenset({"realm", "told", "told_at", "member_no", "close_to_best", "close_from_best"})
Seen = Callable[[Kind, Iterable[str]], Awaitable[frozenset[str]]]
"""Which of some ids of a kind the asker sees."""


async def read_member(graph: AsyncGraph, member_id: str) -> tuple[dict[str, Any], dict[tuple[str, bool], int]] | None:
    """What the member is, and how many relationships of each type lead from it (True) and to it; None when unknown."""
    rows = await graph.rows("questions/export_member", member_id=member_id)
    if not rows:
        return None
    return in_words(rows[0]["member"]), {(kind, from_here): n for kind, from_here, n in rows[0]["numbers"]}


async def read_relationships(
    graph: AsyncGraph, member_id: str, kind: str, from_here: bool, seen: Seen
) -> AsyncIterator[dict[str, Any]]:
    """All relationships of one type that lead from the member, or to it.

    What leads to who or what the asker does not see is left out. Of others who have not consented to be named the id is
    None.
    """
    cursor = ["", ""]
    while rows := await graph.rows(
        "questions/export_page", member_id=member_id, kind=kind, from_here=from_here, cursor=cursor, limit=PAGE
    ):
        visible = {label: await seen(of, _ids(rows, label)) for label, of in _SEEN_AS.items()}
        for row in rows:
            shown = _shown(row, visible)
            if shown is not None:
                yield shown
        cursor = [rows[-1]["other_id"], rows[-1]["sub_id"]]


def _ids(rows: Iterable[Row], label: str) -> list[str]:
    ids = {row["other_id"] for row in rows if row["label"] == label}
    if label == "Member":
        ids |= {row["mentioned"] for row in rows if row["mentioned"] is not None}
    if label == "Offering":
        ids |= {row["about"] for row in rows if row["about"] is not None}
    return sorted(ids)


def _shown(row: Row, visible: Mapping[str, frozenset[str]]) -> dict[str, Any] | None:
    label, other_id = row["label"], row["other_id"]
    if other_id not in visible[label]:
        return None
    shown: dict[str, Any] = {_OTHER_IDS[label]: other_id if row["named"] else None}
    if label == "Outreach":
        shown["offering_id"] = row["about"] if row["about"] in visible["Offering"] else None
        shown |= {name: value for name, value in in_words(row["outreach"]).items() if name != "outreach_id"}
    stored = in_words(row["stored"])
    for name in ("asked_by", "answered_by"):
        if name in stored and not (row["mentioned_named"] and row["mentioned"] in visible["Member"]):
            stored[name] = None
    return {**shown, **stored}


def in_words(stored: Mapping[str, Any]) -> dict[str, Any]:
    """Properties with times as dates, without what only serves the bookkeeping."""
    return {name: _in_words(name, value) for name, value in sorted(stored.items()) if name not in _INTERNAL}


def _in_words(name: str, value: Any) -> Any:
    if not (name in _TIMES or name.endswith("_at")):
        return value
    if isinstance(value, list):
        return [_in_words(name, each) for each in value]
    return datetime.fromtimestamp(value, UTC).isoformat().replace("+00:00", "Z") if isinstance(value, int) else value
