"""Says in words why a target is recommended. Sees only what may be shown: features, and the chain after redaction.

Every template looks at features by name and says nothing when what it needs is missing or speaks of nothing. The most
telling come first; how one gets there is always said, as the last of at most three.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import isfinite, nan

from sixhop.domain import Chain

MOST_REASONS = 3
OFTEN = 0.5
"""Share of what a member did from which on it is said to be a habit."""
_WORDS = ("no", "one", "two", "three", "four", "five", "six")
_NOUNS = {
    "": ("offering", "offerings"),
    "content": ("piece of content", "pieces of content"),
    "crowdfunding": ("crowdfunding project", "crowdfunding projects"),
}


@dataclass(frozen=True, slots=True)
class Reason:
    """A sentence and how telling it is, 0 to 1."""

    words: str
    weight: float


@dataclass(frozen=True, slots=True)
class Facts:
    """What templates may look at."""

    features: Mapping[str, float]
    offering_kind: str
    direct: bool
    """Whether the target is a contact of the sender, who then is one of those who have the offering."""
    backward: bool = False
    """Whether the sender is spoken of instead of spoken to."""
    moderates: bool = False
    """Whether the sender moderates a community of the target's."""

    def count(self, name: str) -> int:
        """A feature as a count; 0 where it is missing."""
        value = self.features.get(name, 0.0)
        return max(int(value), 0) if isfinite(value) else 0

    def things(self, number: int) -> str:
        """The noun for what members experience."""
        return _singular(self.offering_kind) if number == 1 else _plural(self.offering_kind)


def reasons(
    features: Mapping[str, float], *, offering_kind: str, chain: Chain, backward: bool = False, moderates: bool = False
) -> tuple[str, ...]:
    """At most three reasons, the most telling first, the way there last.

    Args:
        features: By name, as read; missing is nan.
        offering_kind: The noun for what members experienced, for example "artist".
        chain: As it will be shown.
        backward: Whether they speak of the sender, to whoever asked about the target; else they speak to the sender.
        moderates: Whether the sender moderates a community of the target's.
    """
    facts = Facts(features, offering_kind, direct=chain.length == 1, backward=backward, moderates=moderates)
    found = [reason for template in _TEMPLATES if (reason := template(facts))]
    found.sort(key=lambda reason: -reason.weight)
    return (*(reason.words for reason in found[: MOST_REASONS - 1]), _way(chain, backward))


def _singular(kind: str) -> str:
    return _NOUNS[kind][0] if kind in _NOUNS else kind


def _plural(kind: str) -> str:
    if kind in _NOUNS:
        return _NOUNS[kind][1]
    if kind.endswith("y") and kind[-2:-1] not in "aeiou":
        return kind[:-1] + "ies"
    return kind + ("es" if kind.endswith(("s", "x", "ch", "sh")) else "s")


def _moderates(facts: Facts) -> Reason | None:
    return Reason("moderates a community of the target's", 1.0) if facts.moderates else None


def _exposed(facts: Facts) -> Reason | None:
    others = facts.count("exposed_contacts") - facts.direct
    if others < 1:
        return None
    more = "more " if facts.direct else ""
    have = "contacts already have it" if others > 1 else "contacts already has it"
    return Reason(f"{others} {more}of their {have}", 1 - 0.5**others)


def _common_experiences(facts: Facts) -> Reason | None:
    common, mine = facts.count("common_experiences"), facts.count("sender_experiences")
    if not common:
        return None
    if mine < common:
        return Reason(f"{common} {facts.things(common)} in common", 0.4)
    whose = "their" if facts.backward else "your"
    return Reason(f"{common} of {whose} {mine} {facts.things(mine)} in common", 0.2 + 0.8 * common / mine)


def _common_contacts(facts: Facts) -> Reason | None:
    common = facts.count("common_contacts")
    if not common:
        return None
    words = "one contact in common" if common == 1 else f"{common} contacts in common"
    return Reason(words, common / (common + 10))


def _recent_adopters(facts: Facts) -> Reason | None:
    adopters = facts.count("offering_recent_adopters")
    if adopters < 2:
        return None
    return Reason(f"{adopters} members took it up lately", adopters / (adopters + 200))


def _at_the_place(facts: Facts) -> Reason | None:
    share = facts.features.get("place_share", nan)
    return Reason("often at the place of the moment", 0.3 + 0.6 * share) if share >= OFTEN else None


def _on_the_channel(facts: Facts) -> Reason | None:
    share = facts.features.get("channel_share", nan)
    return Reason("mostly on this channel", 0.3 + 0.5 * share) if share >= OFTEN else None


def _at_the_hour(facts: Facts) -> Reason | None:
    share = facts.features.get("hour_share", nan)
    return Reason("often active at this time of day", 0.2 + 0.4 * share) if share >= OFTEN else None


def _way(chain: Chain, backward: bool) -> str:
    if chain.length == 1:
        return "a direct contact of the target" if backward else "a direct contact of yours"
    return f"{_WORDS[chain.length]} steps away, through {chain.members[1]}"


_TEMPLATES: tuple[Callable[[Facts], Reason | None], ...] = (
    _moderates,
    _exposed,
    _common_experiences,
    _common_contacts,
    _recent_adopters,
    _at_the_place,
    _on_the_channel,
    _at_the_hour,
)
