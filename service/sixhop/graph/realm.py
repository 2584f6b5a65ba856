"""The settings of a realm, which say what its data means. Knows nothing of files, models or gRPC."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any

from sixhop.errors import Misconfigured
from sixhop.graph.executor import Graph

DAY_S = 86_400


@dataclass(frozen=True, slots=True)
class RealmSettings:
    """What the realm's own data means; each field stands on its `:Realm` node."""

    realm: str
    label_window_days: int = 180
    """How long after an exposure an adoption still counts."""
    half_life_days: float = 90.0
    """In how many days a tie's strength halves."""
    pass_on_prior: float = 0.03
    """P(passed on) of a tie of strength 1 that no model has scored."""
    close_ties: int = 32
    """How many best ties CLOSE_TO and CLOSE_FROM keep of each member."""
    as_of_last_event: bool = False
    """Serve as of the realm's last event instead of now."""
    alliance_consent_default: bool = False
    last_event_at: int | None = None
    """The latest time seen in interactions, experiences and outreach, seconds since 1970."""
    last_since: int | None = None
    """No tie is known since later than this, seconds since 1970; None where no tie is dated."""
    top_ties: int | None = None
    """So many contacts only the best connected hundredth of the members exceed; None while nobody counted."""
    keep_events_days: int = 30
    """How long what was applied is known by its id, so that it is applied once."""
    keep_outreaches_days: int = 1095
    """How long outreaches stay, with their hops, and so the times at which their members were sent, asked, reached."""
    keep_answers_days: int = 365
    """How long recorded answers stay on disk."""

    @property
    def half_life_s(self) -> float:
        return self.half_life_days * DAY_S

    @property
    def label_window_s(self) -> int:
        return self.label_window_days * DAY_S

    def as_of(self, now: int) -> int:
        """The instant that answers are made for: `now`, or the last event where the realm says so."""
        return self.last_event_at if self.as_of_last_event and self.last_event_at is not None else now


def settings_from_row(row: dict[str, Any]) -> RealmSettings:
    """The settings in a row of `ops/realm_read`; what the node does not have is the default."""
    return RealmSettings(**{f.name: row[f.name] for f in fields(RealmSettings) if row.get(f.name) is not None})


def find_realm(graph: Graph) -> RealmSettings | None:
    """The settings of the graph's realm, or None when nothing was ever loaded into it."""
    rows = graph.rows("ops/realm_read")
    return settings_from_row(rows[0]) if rows else None


def read_realm(graph: Graph) -> RealmSettings:
    """The settings of the graph's realm.

    Raises:
        Misconfigured: nothing was ever loaded into this realm.
    """
    found = find_realm(graph)
    if found is None:
        raise Misconfigured(
            f"no realm {graph.realm!r} in this graph yet; load it with `sixhop import DIR --realm {graph.realm}`"
        )
    return found


def write_realm(graph: Graph, settings: RealmSettings) -> None:
    """Store `settings`; what is the same already is not written again."""
    graph.write("ops/realm_write", settings=asdict(settings))
