"""An outreach under way: what was recorded of it, and how it stands. Plain values and rules; knows no graph.

Position 0 is the sender, the last hop is the target. Who was asked and has no answer yet has a hop without one; who is
only planned to be asked has a hop without a time.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sixhop.domain import Chain, Completeness, Slice, StageReport


class HopState(StrEnum):
    """What came of asking someone."""

    NONE = ""
    ASKED = "asked"
    PASSED_ON = "passed_on"
    DECLINED = "declined"
    NO_ANSWER = "no_answer"
    ACTED = "acted"


@dataclass(frozen=True, slots=True)
class Hop:
    """One member of an outreach. `asked_at` is None for the sender, and for who is not asked yet."""

    position: int
    member_id: str
    state: HopState = HopState.NONE
    asked_by: str | None = None
    asked_at: int | None = None
    answered_at: int | None = None
    can_be_named: bool = True

    @property
    def was_asked(self) -> bool:
        return self.asked_at is not None

    @property
    def is_open(self) -> bool:
        """Asked, and not answered yet."""
        return self.was_asked and self.answered_at is None and self.state in {HopState.NONE, HopState.ASKED}

    @property
    def said_no(self) -> bool:
        return self.state in {HopState.DECLINED, HopState.NO_ANSWER}


@dataclass(frozen=True, slots=True)
class Outreach:
    """An outreach with its hops in order of position, then of asking. It has a sender and a target."""

    offering_id: str
    outcome: str
    hops: tuple[Hop, ...]

    @property
    def sender(self) -> Hop:
        return self.hops[0]

    @property
    def target(self) -> Hop:
        return self.hops[-1]

    @property
    def is_over(self) -> bool:
        """It has its outcome, or the target was asked and that has ended."""
        return bool(self.outcome) or (self.target.was_asked and not self.target.is_open)

    @property
    def awaited(self) -> Hop | None:
        """Who was asked last and has not answered, unless someone asked later passed it on in their stead."""
        passed_on = [(hop.asked_at or 0, hop.position) for hop in self.hops if hop.state is HopState.PASSED_ON]
        waiting = [
            hop
            for hop in self.hops
            if hop.is_open and not any(at > (hop.asked_at or 0) and place >= hop.position for at, place in passed_on)
        ]
        return max(waiting, key=lambda hop: (hop.asked_at or 0, hop.position, hop.member_id), default=None)

    @property
    def speakers(self) -> tuple[Hop, ...]:
        """Who may talk next: whoever last said yes, the one before, and so on down to the sender."""
        yes = [hop for hop in self.hops if hop.state is HopState.PASSED_ON and hop.position > 0]
        yes.sort(key=lambda hop: (hop.answered_at or hop.asked_at or 0, hop.position, hop.member_id), reverse=True)
        once = {hop.member_id: hop for hop in (*yes, self.sender)}
        return tuple(once.values())

    @property
    def declined(self) -> int:
        """How many members declined or did not answer."""
        return len({hop.member_id for hop in self.hops if hop.said_no})

    @property
    def spent_ids(self) -> frozenset[str]:
        """The sender and all who were asked: they are not asked again."""
        return frozenset(hop.member_id for hop in self.hops if hop.was_asked) | {self.sender.member_id}

    def planned_after(self, speaker: Hop) -> tuple[str, ...]:
        """The introducers that were planned from `speaker` on and not asked yet; empty where none were recorded."""
        return tuple(
            hop.member_id for hop in self.hops[:-1] if not hop.was_asked and hop.position > max(speaker.position, 0)
        )


class NextHopState(StrEnum):
    """What is to be done."""

    TALK = "talk"
    AWAIT_ANSWER = "await_answer"
    OVER = "over"
    NO_CHAIN = "no_chain"


@dataclass(frozen=True, slots=True)
class NextHopQuestion:
    """How does an outreach go on?"""

    request_id: str
    outreach_id: str
    as_of: int
    avoid_ids: tuple[str, ...] = ()
    freshness_token: str | None = None
    seen_by: Slice | None = None


@dataclass(frozen=True, slots=True)
class NextHopAnswer:
    """The answer to a `NextHopQuestion`. An id is empty where nobody is meant, or who it is may not be named."""

    question: NextHopQuestion
    state: NextHopState
    completeness: Completeness
    queries_digest: str
    stages: tuple[StageReport, ...]
    declined: int = 0
    speaker_id: str = ""
    next_contact_id: str = ""
    chain: Chain | None = None
    replanned: bool = False

    @property
    def is_empty(self) -> bool:
        return self.state is NextHopState.NO_CHAIN
