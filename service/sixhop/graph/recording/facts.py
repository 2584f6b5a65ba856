"""Facts: what members, offerings, enterprises and communities are, and how members stand to these and to each other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from sixhop.events import Blocked, Event, Experienced, Link, LinkTold, Node, NodeTold, Violation, Voiced
from sixhop.graph.executor import AsyncTransaction, Row
from sixhop.merging.experiences import ExperienceState, add_moment, experience_state
from sixhop.merging.fields import Told, fold_fields

REFERS_TO = "refers_to"
"""The field under which it is kept when something was last told to be part of something else."""
_READ_AS = {
    Node.MEMBER: "members",
    Node.OFFERING: "offerings",
    Node.ENTERPRISE: "enterprises",
    Node.COMMUNITY: "communities",
    Link.CUSTOMER_OF: "customers",
    Link.ACTS_FOR: "acting",
    Link.BELONGS_TO: "memberships",
}
Pair = tuple[str, str]


class Facts:
    """What some events tell of everything but ties and outreaches."""

    def __init__(self, events: Iterable[Event]) -> None:
        self.nodes: dict[Node, dict[str, list[Told]]] = {node: defaultdict(list) for node in Node}
        self.links: dict[Link, dict[Pair, list[Event]]] = {link: defaultdict(list) for link in Link}
        self.experiences: dict[Pair, list[Event]] = defaultdict(list)
        self.voices: dict[tuple[str, str, str], list[Event]] = defaultdict(list)
        self.blocks: dict[Pair, list[Event]] = defaultdict(list)
        for event in events:
            match event.what:
                case NodeTold() as told:
                    refers_to = {} if told.refers_to is None else {REFERS_TO: told.refers_to}
                    self.nodes[told.node][told.node_id].append(Told(event.at, {**told.fields, **refers_to}))
                case LinkTold() as told:
                    self.links[told.link][told.member_id, told.other_id].append(event)
                case Experienced() as told:
                    self.experiences[told.member_id, told.offering_id].append(event)
                case Voiced() as told:
                    self.voices[told.voice_id, told.member_id, told.offering_id].append(event)
                case Blocked() as told:
                    self.blocks[told.from_id, told.to_id].append(event)
                case _:
                    pass

    async def write(self, tx: AsyncTransaction) -> None:
        """Apply them. Whom they speak of is locked and there."""
        groups = [*self.nodes.values(), *self.links.values(), self.experiences, self.voices, self.blocks]
        if not any(groups):
            return
        found = await tx.row(
            "questions/event_facts",
            **{node.value: sorted(self.nodes[node]) for node in Node},
            **{link.value: sorted(self.links[link]) for link in Link},
            experiences=sorted(self.experiences),
            voices=sorted(self.voices),
            blocks=sorted(self.blocks),
        )
        if any(self.nodes.values()):
            await tx.row(
                "writes/events_nodes",
                **{node.value: _node_rows(self.nodes[node], found[_READ_AS[node]]) for node in Node},
            )
        if any(self.links.values()) or self.experiences or self.blocks:
            await tx.row(
                "writes/events_links",
                **{link.value: _link_rows(link, self.links[link], found[_READ_AS[link]]) for link in Link},
                experiences=_experience_rows(self.experiences, found["experiences"]),
                blocks=_block_rows(self.blocks, found["blocks"]),
            )
        if self.voices:
            await tx.row("writes/events_voices", rows=_voice_rows(self.voices, found["voices"]))


async def circles(tx: AsyncTransaction, events: Iterable[Event]) -> dict[str, tuple[Violation, ...]]:
    """By id of the event, which communities would be part of themselves, after what is there and was told before."""
    told = [
        (event.event_id, event.what.node_id, event.what.refers_to)
        for event in events
        if isinstance(event.what, NodeTold) and event.what.node is Node.COMMUNITY and event.what.refers_to is not None
    ]
    if not told:
        return {}
    parents = sorted({parent for _, _, parent in told})
    found = await tx.row("questions/communities_above", community_ids=parents)
    above = {parent: set(ids) for parent, ids in found["above"]}
    problem = ("community.parent_id", "is within community_id already")
    wrong: dict[str, tuple[Violation, ...]] = {}
    for event_id, community_id, parent in told:
        if community_id == parent or community_id in _reached(parent, above):
            wrong[event_id] = (problem,)
        else:
            above.setdefault(community_id, set()).add(parent)
    return wrong


def _reached(start: str, above: Mapping[str, set[str]]) -> set[str]:
    reached, ahead = set[str](), [start]
    while ahead:
        ahead += (new := above.get(ahead.pop(), set()) - reached)
        reached |= new
    return reached


def _node_rows(told: Mapping[str, list[Told]], found: Iterable[tuple[str, Row, str | None]]) -> list[list[Any]]:
    stored = {node_id: {**properties, REFERS_TO: refers_to} for node_id, properties, refers_to in found}
    rows: list[list[Any]] = []
    for node_id, news in sorted(told.items()):
        if changes := fold_fields(stored.get(node_id), news):
            refers_to = changes.pop(REFERS_TO, None)
            rows.append([node_id, changes, refers_to])
    return rows


def _link_rows(link: Link, told: Mapping[Pair, list[Event]], found: Iterable[tuple[int, Row]]) -> list[list[Any]]:
    pairs = sorted(told)
    stored = {pairs[i]: properties for i, properties in found}
    rows: list[list[Any]] = []
    for pair in pairs:
        old = stored.get(pair, {})
        news = (Told(event.at, event.what.fields) for event in told[pair] if isinstance(event.what, LinkTold))
        changes = fold_fields(old, news)
        since = min(at for at in (old.get("since"), *(event.at for event in told[pair])) if at is not None)
        if link is not Link.ACTS_FOR and since != old.get("since"):
            changes["since"] = since
        rows.append([*pair, changes])
    return rows


def _experience_rows(told: Mapping[Pair, list[Event]], found: Iterable[tuple[int, Row]]) -> list[list[Any]]:
    pairs = sorted(told)
    states = {pairs[i]: experience_state(properties) for i, properties in found}
    rows: list[list[Any]] = []
    for pair in pairs:
        state = states.get(pair)
        for event in told[pair]:
            state = add_moment(state, _moment(event))
        assert state is not None
        rows.append([*pair, asdict(state)])
    return rows


def _moment(event: Event) -> ExperienceState:
    what, at = event.what, event.at
    assert isinstance(what, Experienced)
    return ExperienceState(
        kind=what.kind,
        first_at=at,
        last_at=at,
        times=1,
        sentiment=what.sentiment,
        sentiment_at=None if what.sentiment is None else at,
        value=what.value,
        place=what.place,
        channel=what.channel,
        place_at=None if what.place is None else at,
        channel_at=None if what.channel is None else at,
    )


def _voice_rows(told: Mapping[tuple[str, str, str], list[Event]], found: Iterable[tuple[int, Row]]) -> list[list[Any]]:
    keys = sorted(told)
    stored = {keys[i]: properties for i, properties in found}
    rows: list[list[Any]] = []
    for key in keys:
        voice_id, member_id, offering_id = key
        old = stored.get(key, {})
        voiced = [(event.at, event.what) for event in told[key] if isinstance(event.what, Voiced)]
        answers = [(at, what.answered_by or "") for at, what in voiced if what.answered]
        if old.get("answered_at") is not None:
            answers.append((old["answered_at"], old.get("answered_by") or ""))
        answered_at, answered_by = min(answers, default=(None, ""))
        changes = fold_fields(old, (Told(at, {"kind": what.kind}) for at, what in voiced))
        changes |= {
            "voice_id": voice_id,
            "at": min(at for at in (old.get("at"), *(at for at, _ in voiced)) if at is not None),
            "answered_at": answered_at,
            "answered_by": answered_by or None,
        }
        rows.append([member_id, offering_id, changes])
    return rows


def _block_rows(told: Mapping[Pair, list[Event]], found: Iterable[tuple[int, Row]]) -> list[list[Any]]:
    """Of a block and its lifting at one time, the block holds."""
    pairs = sorted(told)
    stored = {pairs[i]: properties for i, properties in found}
    rows: list[list[Any]] = []
    for pair in pairs:
        old = stored.get(pair, {})
        states = [(event.at, not event.what.lifted) for event in told[pair] if isinstance(event.what, Blocked)]
        if old.get("blocked"):
            states.append((old["at"] if old["at"] is not None else -1, True))
        if old.get("lifted_at") is not None:
            states.append((old["lifted_at"], False))
        at, blocked = max(states)
        rows.append([*pair, at, None] if blocked else [*pair, None, at])
    return rows
