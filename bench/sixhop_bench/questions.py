"""What is asked, drawn at random from a made-up graph, and how it is asked over gRPC. Knows nothing of timing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import grpc
import numpy as np

from sixhop._gen.sixhop.v1 import member_pb2, member_pb2_grpc, recommendation_pb2, recommendation_pb2_grpc
from sixhop_bench.arrivals import PARTIAL, WHOLE, Ask
from sixhop_bench.graphs import GraphSpec
from sixhop_bench.ties import Ints
from sixhop_bench.world import World

TARGETS, REFERRERS, CHAINS, NEXT_HOP, DEGREES = (
    "RecommendTargets",
    "RecommendReferrers",
    "FindChains",
    "NextHop",
    "GetDegrees",
)
DEGREES_ASKED = 500
CHAINS_ASKED = 3
_CHANNEL = (("grpc.use_local_subchannel_pool", 1), ("grpc.enable_retries", 0))
"""Every client a connection of its own."""


@dataclass(frozen=True, slots=True)
class Question:
    """One kind of call and the requests to make, over and over again."""

    name: str
    requests: list[Any]
    method: Callable[[grpc.aio.Channel], Any]
    within_s: float
    """The service's default deadline, which is what a caller who sets none gets."""


def draw_questions(spec: GraphSpec, world: World, *, count: int, seed: int) -> list[Question]:
    """`count` requests of each kind. In a graph with hubs every second one is about a hub."""
    dice = np.random.default_rng(seed)
    draw = _Draw(spec, world, dice)
    senders, gladly = draw.glad_senders(count)
    targets, wanted = draw.wanting(count)
    ends = draw.pairs(count)
    starts = draw.members(count)
    return [
        Question(
            TARGETS,
            [
                recommendation_pb2.RecommendTargetsRequest(sender_id=f"m{sender}", offering_id=f"o{offering}")
                for sender, offering in zip(senders, gladly, strict=True)
            ],
            lambda channel: _recommendations(channel).RecommendTargets,
            0.2,
        ),
        Question(
            REFERRERS,
            [
                recommendation_pb2.RecommendReferrersRequest(target_id=f"m{target}", offering_id=f"o{offering}")
                for target, offering in zip(targets, wanted, strict=True)
            ],
            lambda channel: _recommendations(channel).RecommendReferrers,
            0.2,
        ),
        Question(
            CHAINS,
            [
                recommendation_pb2.FindChainsRequest(from_id=f"m{a}", to_id=f"m{b}", max_chains=CHAINS_ASKED)
                for a, b in ends
            ],
            lambda channel: _recommendations(channel).FindChains,
            0.5,
        ),
        Question(
            NEXT_HOP,
            [
                recommendation_pb2.NextHopRequest(outreach_id=f"r{number}")
                for number in dice.permutation(world.outreaches)[:count]
            ],
            lambda channel: _recommendations(channel).NextHop,
            0.5,
        ),
        Question(
            DEGREES,
            [
                member_pb2.GetDegreesRequest(member_id=f"m{start}", target_ids=[f"m{m}" for m in draw.others()])
                for start in starts
            ],
            lambda channel: member_pb2_grpc.MemberServiceStub(channel).GetDegrees,  # type: ignore[no-untyped-call]
            1.0,
        ),
    ]


def _recommendations(channel: grpc.aio.Channel) -> Any:
    return recommendation_pb2_grpc.RecommendationServiceStub(channel)  # type: ignore[no-untyped-call]


class _Draw:
    """Draws members that a question makes sense for."""

    def __init__(self, spec: GraphSpec, world: World, dice: np.random.Generator) -> None:
        self._world = world
        self._dice = dice
        self._hubs = np.arange(spec.members, spec.all_members)

    def glad_senders(self, count: int) -> tuple[Ints, Ints]:
        """Members and an offering each that they pass on gladly."""
        world = self._world
        member = world.had_member
        tied = np.diff(world.forward.start)[member] > 0
        good = ~(world.sentiment < 0) & ~world.opted_out[member] & tied
        rows = self._dice.choice(np.flatnonzero(good), count)
        of_hubs = np.flatnonzero(good & np.isin(member, self._hubs))
        if len(of_hubs):
            rows[::2] = self._dice.choice(of_hubs, len(rows[::2]))
        return member[rows], world.had_offering[rows]

    def wanting(self, count: int) -> tuple[Ints, Ints]:
        """Members who may be reached, and an offering each that they have not had."""
        world = self._world
        shown = np.flatnonzero(world.reachable & world.named)
        targets = self._dice.choice(shown, 2 * count)
        hubs = np.intersect1d(shown, self._hubs)
        if len(hubs):
            targets[::2] = self._dice.choice(hubs, count)
        offerings = self._dice.choice(world.had_offering, 2 * count)
        had = np.array(
            [
                offering in world.had_offering[world.had_start[target] : world.had_start[target + 1]]
                for target, offering in zip(targets, offerings, strict=True)
            ]
        )
        kept = np.flatnonzero(~had)[:count]
        return targets[kept], offerings[kept]

    def members(self, count: int) -> Ints:
        found = self._dice.integers(0, self._world.members, count)
        if len(self._hubs):
            found[::2] = self._dice.choice(self._hubs, len(found[::2]))
        return found

    def pairs(self, count: int) -> list[tuple[int, int]]:
        starts, ends = self.members(count), self._dice.permutation(self.members(count))
        return [(int(a), int(b)) for a, b in zip(starts, ends, strict=True) if a != b]

    def others(self) -> list[int]:
        found: list[int] = self._dice.choice(self._world.members, DEGREES_ASKED, replace=False).tolist()
        return found


class Clients:
    """So many connections to the service. `patience` times a question's deadline is waited for an answer."""

    def __init__(self, address: str, count: int, *, patience: float) -> None:
        self._patience = patience
        self.channels = [grpc.aio.insecure_channel(address, options=_CHANNEL) for _ in range(count)]

    async def close(self) -> None:
        for channel in self.channels:
            await channel.close()

    def asking(self, question: Question) -> Ask:
        """How a run asks this question: request `n` over the connection of client `c`."""
        methods = [question.method(channel) for channel in self.channels]

        async def ask(number: int, client: int) -> str:
            request = question.requests[number % len(question.requests)]
            try:
                response = await methods[client](request, timeout=self._patience * question.within_s)
            except grpc.aio.AioRpcError as error:
                return str(error.code().name)
            return PARTIAL if lacks_something(response) else WHOLE

        return ask

    async def explained(self, question: Question, number: int) -> Any | None:
        """The answer to one request, with what each stage did; None when it fails."""
        request = type(question.requests[0])()
        request.CopyFrom(question.requests[number % len(question.requests)])
        request.explain = True
        try:
            return await question.method(self.channels[0])(request, timeout=self._patience * question.within_s)
        except grpc.aio.AioRpcError:
            return None


def lacks_something(response: Any) -> bool:
    """Whether a part of the answer ran out of time or failed."""
    if isinstance(response, member_pb2.GetDegreesResponse):
        return response.stopped_by == "deadline"
    return bool(response.completeness.missing)
