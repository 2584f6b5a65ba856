"""Dated messages: nothing is offered, so there is only a tie model, learned from who was answered within the window."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from pathlib import Path

from folders import Table, lines, members, ties

CONTACT = ("from_id", "to_id", "at")


def collegemsg(source: Path) -> Mapping[str, Table]:
    """Private messages of 1,899 students, April to October 2004.

    Source: P. Panzarasa, T. Opsahl, K. Carley, JASIST 60(5), 2009 (SNAP).
    """
    contacts = [(f"m{u}", f"m{v}", at) for u, v, at in (line.split() for line in lines(source / "CollegeMsg.txt.gz"))]
    return {"members": _members(contacts), "interactions": (CONTACT, contacts)}


def copenhagen(source: Path) -> Mapping[str, Table]:
    """Calls (missed ones too) and texts of four weeks among freshmen, and their Facebook friendships, undated.

    Times are seconds since the study began, on an unknown day and hour; that is put at 1970-01-01.
    Source: P. Sapiezynski, A. Stopczynski, D. Lassen, S. Lehmann, Scientific Data 6:315, 2019.
    """
    calls = [
        (f"m{row['caller']}", f"m{row['callee']}", row["timestamp"], "call") for row in _rows(source / "calls.csv")
    ]
    texts = [
        (f"m{row['sender']}", f"m{row['recipient']}", row["timestamp"], "text") for row in _rows(source / "sms.csv")
    ]
    friends = [(f"m{row['user_a']}", f"m{row['user_b']}") for row in _rows(source / "fb_friends.csv")]
    return {
        "members": _members([*calls, *texts, *friends]),
        "ties": ties(friends),
        "interactions": ((*CONTACT, "channel"), [*calls, *texts]),
    }


def _rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(line.strip() for line in lines(path)))


def _members(contacts: Iterable[tuple[str, ...]]) -> Table:
    return members({each for contact in contacts for each in contact[:2]})
