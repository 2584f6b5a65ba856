"""Higgs on Twitter, 1 to 7 July 2012: who was drawn into talking of the rumour, after whom.

One offering, the rumour. A member's experience is their first act on record: to retweet, mention or reply, or to be
retweeted, since then they have written of it themselves. A contact is a mention or a reply, u to v, at its time; that
is also all that is known of who can contact whom (the follower graph is not in this copy, and would be undated). A
retweet makes no contact: it addresses nobody, and a tie that came of the very act to be predicted would tell it.
Users without a mention or reply, made or got, have no ties and are left out.

Source: M. De Domenico, A. Lima, P. Mougel, M. Musolesi, Scientific Reports 3:2980, 2013 (SNAP).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from folders import Table, lines, members

RETWEET = "RT"


def higgs(source: Path) -> Mapping[str, Table]:
    first: dict[str, int] = {}
    contacts: set[tuple[str, str, int]] = set()
    for line in lines(source / "higgs-activity_time.txt.gz"):
        user, other, when, kind = line.split()
        at = int(when)
        seen = (user, other) if kind == RETWEET else (user,)
        first.update({each: min(at, first.get(each, at)) for each in seen})
        if kind != RETWEET and user != other:
            contacts.add((f"u{user}", f"u{other}", at))  # a reply stands twice, as a mention too
    linked = {each for contact in contacts for each in contact[:2]}
    acts = [(f"u{user}", "rumour", at) for user, at in first.items() if f"u{user}" in linked]
    return {
        "members": members(linked),
        "interactions": (("from_id", "to_id", "at"), contacts),
        "offerings": (("offering_id", "kind"), [("rumour", "content")]),
        "experiences": (("member_id", "offering_id", "at"), acts),
    }
