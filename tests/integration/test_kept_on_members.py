"""What walks and rules read of a member in one step is what all ties and hops say, whatever was written, and how."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from import_world import dump, write_folder

from realms import forget_realm
from sixhop.graph.close import rebuild_close
from sixhop.graph.executor import Graph
from sixhop.graph.realm import read_realm, write_realm
from sixhop.imports.restate import apply_settings
from sixhop.imports.run import Options, run_import

KEPT = 64
SCORES = (0.0, 0.01, 0.02, 0.5, 1.0)
LISTS = {"CLOSE_TO": "close_to_best", "CLOSE_FROM": "close_from_best"}
TIMES = ("sent_at", "asked_at", "reached_at")
MEMBERS = st.integers(0, 6)
PAIRS = st.tuples(MEMBERS, MEMBERS).filter(lambda pair: pair[0] != pair[1])
AT = st.integers(1_000_000, 1_000_060)
NUMBER = count()


@dataclass(frozen=True)
class Folder:
    """Rows of the files that make ties and hops; the first folder has everybody."""

    ties: list[tuple[tuple[int, int], int | None, int]] = field(default_factory=list)
    interactions: list[tuple[tuple[int, int], int]] = field(default_factory=list)
    outreach: list[tuple[int, tuple[int, int], int]] = field(default_factory=list)
    hops: list[tuple[int, int, int, int]] = field(default_factory=list)

    def files(self) -> dict[str, str]:
        said = {
            "ties.csv": ("from_id,to_id,since,strength", [(*m(pair), since, s) for pair, since, s in self.ties]),
            "interactions.csv": ("from_id,to_id,at", [(*m(pair), at) for pair, at in self.interactions]),
            "outreach.csv": (
                "outreach_id,sender_id,target_id,offering_id,at",
                [(f"r{r}", *m(pair), "o1", at) for r, pair, at in self.outreach],
            ),
            "hops.csv": (
                "outreach_id,position,member_id,asked_at",
                [(f"r{r}", position, f"m{v}", at) for r, position, v, at in self.hops],
            ),
        }
        return {
            "members.csv": lines("member_id", [(f"m{i}",) for i in range(7)]),
            "offerings.csv": "offering_id\no1\n",
            **{name: lines(header, rows) for name, (header, rows) in said.items() if rows},
        }

    def write(self, graph: Graph, home: Path) -> None:
        folder = write_folder(home / f"folder-{next(NUMBER)}", self.files())
        run_import(graph, folder, Options(half_life_days=1), home=home, now=0, tell=lambda *_: None)


@dataclass(frozen=True)
class Rescored:
    """What a training's write-back does."""

    scores: dict[tuple[int, int], float]

    def write(self, graph: Graph, _: Path) -> None:
        rows = [{"from_id": m(pair)[0], "to_id": m(pair)[1], "pass_on": score} for pair, score in self.scores.items()]
        graph.write("writes/pass_on", rows=rows, scored_at=1_000_000)
        rebuild_close(graph, sorted({end for pair in self.scores for end in m(pair)}))


@dataclass(frozen=True)
class Relisted:
    """What `sixhop realm set close_ties=…` does."""

    close_ties: int

    def write(self, graph: Graph, _: Path) -> None:
        after = replace(read_realm(graph), close_ties=self.close_ties)
        apply_settings(graph, read_realm(graph), after, lambda *_: None)
        write_realm(graph, after)


def m(pair: Iterable[int]) -> list[str]:
    return [f"m{i}" for i in pair]


def lines(header: str, rows: Iterable[tuple[Any, ...]]) -> str:
    return "\n".join([header, *(",".join("" if cell is None else str(cell) for cell in row) for row in rows)]) + "\n"


FOLDERS = st.builds(
    Folder,
    ties=st.lists(st.tuples(PAIRS, st.none() | AT, st.integers(0, 3)), max_size=12, unique_by=lambda t: t[0]),
    interactions=st.lists(st.tuples(PAIRS, AT), max_size=6),
    outreach=st.lists(st.tuples(st.integers(0, 4), PAIRS, AT), max_size=4, unique_by=lambda r: r[0]),
    hops=st.lists(st.tuples(st.integers(0, 4), st.integers(1, 3), MEMBERS, AT), max_size=6, unique_by=lambda h: h[:3]),
)
CAMPAIGNS = st.builds(
    lambda pair, at, via: Folder(
        outreach=[(100 + i, pair, at + i * 37 % 80) for i in range(KEPT + 3)],
        hops=[(100 + i, 1, via, at + i * 53 % 90) for i in range(KEPT + 3)],
    ),
    PAIRS,
    AT,
    MEMBERS,
)
"""More outreaches of one sender to one target through one member than are kept."""
STEPS = st.one_of(
    FOLDERS,
    FOLDERS,
    CAMPAIGNS,
    st.builds(Rescored, st.dictionaries(PAIRS, st.sampled_from(SCORES), min_size=1, max_size=8)),
    st.builds(Relisted, st.integers(1, 4)),
)


def lists_of(known: dict[tuple[str, str], float], near: int, most: int) -> dict[str, list[tuple[float, str]]]:
    """The best ties at one end, as every member's ties say."""
    found: dict[str, list[tuple[float, str]]] = defaultdict(list)
    for pair, pass_on in known.items():
        found[pair[near]].append((-pass_on, pair[1 - near]))
    return {member: sorted(ties)[:most] for member, ties in found.items()}


def times_of(hops: list[tuple[str, int, int | None, int, str]]) -> dict[str, dict[str, list[int]]]:
    """When members sent, were asked and were reached, as every outreach's hops say."""
    last: dict[str, int] = defaultdict(int)
    for outreach, _, _, position, _ in hops:
        last[outreach] = max(last[outreach], position)
    found: dict[str, dict[str, list[int]]] = {name: defaultdict(list) for name in TIMES}
    for outreach, at, asked_at, position, member in hops:
        if position == 0:
            found["sent_at"][member].append(at)
        elif position == last[outreach]:
            found["reached_at"][member].append(at)
        elif asked_at is not None:
            found["asked_at"][member].append(asked_at)
    return {name: {member: sorted(times)[-KEPT:] for member, times in of.items()} for name, of in found.items()}


def check(graph: Graph) -> None:
    whole = dump(graph)
    members = {p["member_id"]: p for labels, p in whole["nodes"] if labels == ["Member"]}
    between = defaultdict(list)
    for _, start, kind, properties, end in whole["relationships"]:
        between[kind].append((start, properties, end))
    known = {(u["member_id"], v["member_id"]): p["pass_on"] for u, p, v in between["KNOWS"]}
    realm = read_realm(graph)

    for near, (kind, best) in enumerate(LISTS.items()):
        wanted = lists_of(known, near, realm.close_ties)
        found: dict[str, list[tuple[float, str]]] = defaultdict(list)
        for start, properties, end in between[kind]:
            found[start["member_id"]].append((-properties["pass_on"], end["member_id"]))
        assert {member: sorted(ties) for member, ties in found.items()} == wanted, kind
        firsts = {member: -ties[0][0] for member, ties in wanted.items()}
        assert {member: p[best] for member, p in members.items() if best in p} == firsts, best

    hops = [(o["outreach_id"], o["at"], p.get("asked_at"), p["position"], v["member_id"]) for o, p, v in between["HOP"]]
    for name, times in times_of(hops).items():
        assert {member: p[name] for member, p in members.items() if name in p} == times, name

    assert realm.top_ties == max(sum(u == member for u, _ in known) for member in members)  # of seven members
    sinces = [p["since"] for _, p, _ in between["KNOWS"] if "since" in p]
    assert not sinces or (realm.last_since is not None and realm.last_since >= max(sinces))


@settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    database=None,
    derandomize=True,
    phases=[Phase.generate],  # to make a failing one smaller takes minutes
)
@given(first=FOLDERS, steps=st.lists(STEPS, min_size=2, max_size=4))
def test_after_any_writes_it_is_what_counting_anew_gives(
    graph: Graph, tmp_path: Path, first: Folder, steps: list[Folder | Rescored | Relisted]
) -> None:
    home = tmp_path / f"home-{next(NUMBER)}"
    try:
        for step in [first, *steps]:
            step.write(graph, home)
            check(graph)
    finally:
        forget_realm(graph)
