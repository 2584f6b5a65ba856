"""Turns the Last.fm data of HetRec 2011 into an import folder: the demo's data. Knows nothing of Neo4j.

The data ships inside the `graphdatascience` wheel and is read as package data; that library's client is never imported.
An offering is an artist, an experience is a member's first dated tag of it, a community is a tag that at least
`MIN_TAGGERS` members use, and a member belongs to it since the first use.

Left out, and why:

- listens carry no date, so they are never a feature, a gate or a label;
- a few tags are dated before the service existed (1956-79);
- nearly all tags carry the first day of a month, so all are dated so: within a month nothing is ordered;
- the record ends raggedly: no tag at all is dated April 2011, and May 2011, when the data was collected, is partial;
  both are left out, so that what remains is whole up to its end;
- friendships are a snapshot of 2011 without dates, so ties have no `since`.

Source: I. Cantador, P. Brusilovsky, T. Kuflik, "2nd Workshop on Information Heterogeneity and Fusion in Recommender
Systems (HetRec 2011)", RecSys 2011.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq

from sixhop.errors import Misconfigured

FIRST_YEAR = 2005
LAST_WHOLE_MONTH = (2011, 3)
MIN_TAGGERS = 5
FILES = {
    "members": "user_nodes.parquet.gzip",
    "friends": "user_friend_df_directed.parquet.gzip",
    "tags": "user_tag_artist_rels.parquet.gzip",
}


def resource_dir() -> Path:
    """The folder of the Last.fm files inside the installed wheel.

    Raises
    ------
    Misconfigured
        The wheel is not installed, or no longer ships the data.
    """
    spec = importlib.util.find_spec("graphdatascience")  # finds it without importing it
    folder = Path(spec.origin).parent / "resources" / "lastfm" if spec and spec.origin else None
    if folder is None or not all((folder / name).is_file() for name in FILES.values()):
        raise Misconfigured("the demo's data is not there; install it with: pip install 'sixhop[demo]'")
    return folder


def write_import_folder(target: Path) -> dict[str, int]:
    """Write `members`, `ties`, `offerings`, `experiences`, `communities` and `memberships` as CSV.

    Parameters
    ----------
    target
        The folder; made when missing, its files of these names replaced.

    Returns
    -------
    dict[str, int]
        Rows written, by file.
    """
    source = resource_dir()
    tags = _dated_tags(pq.read_table(source / FILES["tags"]))
    members = pq.read_table(source / FILES["members"])["nodeId"]
    friends = pq.read_table(source / FILES["friends"])
    memberships = _memberships(tags)
    tables = {
        "members": pa.table({"member_id": _ids("m", members)}),
        "ties": _mutual_ties(friends),
        "offerings": pa.table({"offering_id": _ids("a", pc.unique(tags["artist"]))}).append_column(
            "kind", pa.array(["content"] * len(pc.unique(tags["artist"])))
        ),
        "experiences": _experiences(tags),
        "communities": pa.table({"community_id": pc.unique(memberships["community_id"])}),
        "memberships": memberships,
    }
    target.mkdir(parents=True, exist_ok=True)
    for name, table in tables.items():
        pyarrow.csv.write_csv(table.sort_by([(c, "ascending") for c in table.column_names]), target / f"{name}.csv")
    return {name: table.num_rows for name, table in tables.items()}


def _ids(prefix: str, numbers: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.binary_join_element_wise(prefix, pc.cast(numbers, pa.string()), "")


def _dated_tags(raw: pa.Table) -> pa.Table:
    """member, artist, tag, at ("2009-04-01"): the calendar month, not the time zone-shifted instant."""
    months = pc.add(pc.multiply(raw["year"], 12), raw["month"])
    last = 12 * LAST_WHOLE_MONTH[0] + LAST_WHOLE_MONTH[1]
    raw = raw.filter(pc.and_(pc.greater_equal(raw["year"], FIRST_YEAR), pc.less_equal(months, last)))
    month = pc.utf8_lpad(pc.cast(raw["month"], pa.string()), 2, "0")
    at = pc.binary_join_element_wise(pc.cast(raw["year"], pa.string()), month, "01", "-")
    return pa.table({"member": raw["sourceNodeId"], "artist": raw["targetNodeId"], "tag": raw["tagID"], "at": at})


def _mutual_ties(friends: pa.Table) -> pa.Table:
    one, other = _ids("m", friends["sourceNodeId"]), _ids("m", friends["targetNodeId"])
    there = pa.table({"from_id": one, "to_id": other})
    back = pa.table({"from_id": other, "to_id": one})
    return pa.concat_tables([there, back])


def _experiences(tags: pa.Table) -> pa.Table:
    first = tags.group_by(["member", "artist"]).aggregate([("at", "min")])
    return pa.table(
        {"member_id": _ids("m", first["member"]), "offering_id": _ids("a", first["artist"]), "at": first["at_min"]}
    )


def _memberships(tags: pa.Table) -> pa.Table:
    since = tags.group_by(["member", "tag"]).aggregate([("at", "min")])
    taggers = since.group_by("tag").aggregate([("member", "count")])
    used = taggers.filter(pc.greater_equal(taggers["member_count"], MIN_TAGGERS))["tag"]
    since = since.filter(pc.is_in(since["tag"], used.combine_chunks()))
    return pa.table(
        {
            "member_id": _ids("m", since["member"]),
            "community_id": _ids("tag", since["tag"]),
            "since": since["at_min"],
        }
    )
