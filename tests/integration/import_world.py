"""A small import folder of every kind, and the whole of a realm as plain data to compare."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sixhop.graph.executor import Graph

DUMP_NODES = (Path(__file__).parent / "dump_nodes.cypher").read_text(encoding="utf-8")
DUMP_RELATIONSHIPS = (Path(__file__).parent / "dump_relationships.cypher").read_text(encoding="utf-8")

SMALL = {
    "enterprises.csv": "enterprise_id,alliance_id,name\ne1,a1,Acme\ne2,a1,\ne3,,Lone\n",
    "communities.csv": "community_id,parent_id,name\nc1,,Music\nc2,c1,Jazz\nc3,c2,\n",
    "offerings.csv": (
        "offering_id,kind,enterprise_id,name,available_from\no1,product,e1,Lamp,2020-01-01\no2,event,,,\no3,,,,\n"
    ),
    "members.csv": (
        "member_id,name,joined_at,interests,can_be_reached,can_be_named,can_introduce\n"
        'm1,Ann,2019-05-01,jazz;chess,true,false,\nm2,"Bo ""B"" Berg, jr",,,,,no\nm3,,,,,,\nm4,Ada,,,0,,\n'
        "m5,,1577836800,,,,\n"
    ),
    "ties.csv": (
        "from_id,to_id,since,strength,sentiment\n"
        "m1,m2,2020-01-01,2.5,\nm2,m1,,,0.5\nm1,m3,,3,\nm3,m4,2020-03-01,,\nm4,m5,,,-1\n"
    ),
    "interactions.csv": (
        "from_id,to_id,at,channel,sentiment,event_id\n"
        "m1,m2,2020-06-01T10:00:00Z,mail,,i1\nm1,m2,2020-06-03T10:00:00+02:00,phone,0.25,i2\n"
        "m1,m3,1591000000,,,i3\nm5,m1,2020-02-02,mail,,\nm5,m1,2020-02-02,,-0.5,\n"
        + "".join(f"m2,m3,{1580000000 + 86400 * i},mail,,\n" for i in range(70))
    ),
    "blocks.csv": "from_id,to_id,at\nm4,m1,2020-05-05\nm5,m4,\n",
    "customers.csv": "member_id,enterprise_id,since,stage\nm1,e1,2018-01-01,loyal\nm2,e2,,\n",
    "acts_for.csv": "member_id,enterprise_id,role\nm3,e1,buyer\nm4,e3,\n",
    "memberships.csv": "member_id,community_id,role,since\nm1,c2,moderator,2020-01-01\nm2,c3,,\n",
    "experiences.csv": (
        "member_id,offering_id,at,kind,sentiment,value,place,channel,event_id\n"
        "m1,o1,2020-02-01,trial,0.5,,,web,x1\nm1,o1,2020-04-01,use,,20.5,Rome,,x2\nm1,o1,2020-04-09,use,-0.25,10,,,x3\n"
        "m2,o1,2020-05-01,,,,,,\nm3,o2,2020-05-02,attendance,,,Oslo,,\n"
    ),
    "outreach.csv": (
        "outreach_id,sender_id,target_id,offering_id,at,outcome,outcome_at\n"
        "r1,m1,m4,o1,2020-06-01,adopted,2020-07-01\nr2,m1,m5,o2,2020-06-02,,\nr3,m2,m1,o1,2020-06-03,opted_out,\n"
    ),
    "hops.csv": (
        "outreach_id,position,member_id,asked_at,answered_at,state\n"
        "r1,1,m2,2020-06-02,2020-06-03,declined\nr1,1,m3,2020-06-04,2020-06-05,passed_on\nr1,2,m4,2020-06-06,2020-06-07,acted\n"
        "r2,1,m3,2020-06-03,,asked\n"
    ),
}
"""Every kind of file and every column, given and not given; a tie with more contacts than are kept."""


def write_folder(folder: Path, files: dict[str, str]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8", newline="")
    return folder


def dump(graph: Graph) -> dict[str, list[Any]]:
    """All nodes and relationships of the realm, with all their properties, in one order."""
    return {"nodes": _rows(graph, DUMP_NODES), "relationships": _rows(graph, DUMP_RELATIONSHIPS)}


def _rows(graph: Graph, query: str) -> list[Any]:
    records, _, _ = graph.driver.execute_query(query, realm=graph.realm, database_=graph.at.database)
    return sorted(([_in_order(value) for value in record.values()] for record in records), key=repr)


def _in_order(value: Any) -> Any:
    return {name: value[name] for name in sorted(value)} if isinstance(value, dict) else value


def ties(graph: Graph) -> dict[tuple[str, str], dict[str, Any]]:
    """KNOWS by its two ends."""
    return {
        (start["member_id"], end["member_id"]): properties
        for _, start, kind, properties, end in dump(graph)["relationships"]
        if kind == "KNOWS"
    }
