"""What an import folder may hold: kinds of file, their columns, types and ranges. Knows nothing of reading them."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

MAX_ID_LENGTH = 128
MAX_TEXT_LENGTH = 1000
MAX_INTERESTS = 256
LIST_SEPARATOR = ";"
"""Between the interests of one cell."""

EPOCH = 0
YEAR_1900 = -2_208_988_800
YEAR_2100 = 4_102_444_800
"""No time from then on is sane: it is most likely given in milliseconds."""


class Type(Enum):
    """How a cell is read."""

    ID = "id"
    TIME = "time"
    NUMBER = "number"
    INTEGER = "whole number"
    BOOLEAN = "boolean"
    CHOICE = "choice"
    TEXT = "text"
    LIST = "list"


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `low` and `high` bound numbers (both inclusive) and times (`high` exclusive)."""

    name: str
    type: Type
    required: bool = False
    low: float = 0.0
    high: float = 0.0
    choices: tuple[str, ...] = ()
    refers_to: str = ""
    """The kind whose ids this column holds; such an id must be in its file or in the realm already."""

    @property
    def is_flag(self) -> bool:
        return self.type is Type.BOOLEAN


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of file. `key` are the columns that make a row this row: given twice with other content is a mistake."""

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    defines: str = field(default="")
    """The column whose ids other files refer to."""

    @property
    def column_names(self) -> frozenset[str]:
        return frozenset(c.name for c in self.columns)

    @property
    def required(self) -> frozenset[str]:
        return frozenset(c.name for c in self.columns if c.required)


def _id(name: str, refers_to: str = "", *, required: bool = True) -> Column:
    return Column(name, Type.ID, required, refers_to=refers_to)


def _moment(name: str, *, required: bool = False) -> Column:
    """A time at which something happened."""
    return Column(name, Type.TIME, required, low=EPOCH, high=YEAR_2100)


def _date(name: str) -> Column:
    """A time since which something is so: may lie before 1970."""
    return Column(name, Type.TIME, low=YEAR_1900, high=YEAR_2100)


def _number(name: str, low: float, high: float) -> Column:
    return Column(name, Type.NUMBER, low=low, high=high)


def _choice(name: str, *choices: str) -> Column:
    return Column(name, Type.CHOICE, choices=choices)


def _text(name: str) -> Column:
    return Column(name, Type.TEXT)


def _boolean(name: str) -> Column:
    return Column(name, Type.BOOLEAN)


_SENTIMENT = _number("sentiment", -1.0, 1.0)
_MOST_MONEY = 1e12

KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind(
            "enterprises",
            (_id("enterprise_id"), _id("alliance_id", required=False), _text("name")),
            key=("enterprise_id",),
            defines="enterprise_id",
        ),
        Kind(
            "communities",
            (_id("community_id"), _id("parent_id", "communities", required=False), _text("name")),
            key=("community_id",),
            defines="community_id",
        ),
        Kind(
            "offerings",
            (
                _id("offering_id"),
                _choice("kind", "product", "event", "group", "crowdfunding", "content"),
                _id("enterprise_id", "enterprises", required=False),
                _text("name"),
                _date("available_from"),
            ),
            key=("offering_id",),
            defines="offering_id",
        ),
        Kind(
            "members",
            (
                _id("member_id"),
                _text("name"),
                _date("joined_at"),
                Column("interests", Type.LIST),
                _boolean("can_be_reached"),
                _boolean("can_be_named"),
                _boolean("can_introduce"),
            ),
            key=("member_id",),
            defines="member_id",
        ),
        Kind(
            "ties",
            (
                _id("from_id", "members"),
                _id("to_id", "members"),
                _date("since"),
                _number("strength", 0.0, 1e6),
                _SENTIMENT,
            ),
            key=("from_id", "to_id"),
        ),
        Kind(
            "interactions",
            (
                _id("from_id", "members"),
                _id("to_id", "members"),
                _moment("at", required=True),
                _text("channel"),
                _SENTIMENT,
                _id("event_id", required=False),
            ),
            key=("event_id",),
        ),
        Kind(
            "blocks",
            (_id("from_id", "members"), _id("to_id", "members"), _moment("at")),
            key=("from_id", "to_id"),
        ),
        Kind(
            "customers",
            (_id("member_id", "members"), _id("enterprise_id", "enterprises"), _date("since"), _text("stage")),
            key=("member_id", "enterprise_id"),
        ),
        Kind(
            "acts_for",
            (
                _id("member_id", "members"),
                _id("enterprise_id", "enterprises"),
                _choice("role", "employee", "supplier", "buyer"),
            ),
            key=("member_id", "enterprise_id"),
        ),
        Kind(
            "memberships",
            (
                _id("member_id", "members"),
                _id("community_id", "communities"),
                _choice("role", "member", "moderator", "opinion_leader"),
                _date("since"),
            ),
            key=("member_id", "community_id"),
        ),
        Kind(
            "experiences",
            (
                _id("member_id", "members"),
                _id("offering_id", "offerings"),
                _moment("at", required=True),
                _choice("kind", "use", "trial", "attendance", "co_design", "pledge"),
                _SENTIMENT,
                _number("value", -_MOST_MONEY, _MOST_MONEY),
                _text("place"),
                _text("channel"),
                _id("event_id", required=False),
            ),
            key=("event_id",),
        ),
        Kind(
            "outreach",
            (
                _id("outreach_id"),
                _id("sender_id", "members"),
                _id("target_id", "members"),
                _id("offering_id", "offerings"),
                _moment("at", required=True),
                _choice("outcome", "adopted", "declined", "opted_out", "complained"),
                _moment("outcome_at"),
            ),
            key=("outreach_id",),
            defines="outreach_id",
        ),
        Kind(
            "hops",
            (
                _id("outreach_id", "outreach"),
                Column("position", Type.INTEGER, required=True, low=0, high=6),
                _id("member_id", "members"),
                _moment("asked_at", required=True),
                _moment("answered_at"),
                _choice("state", "asked", "passed_on", "declined", "no_answer", "acted"),
            ),
            key=("outreach_id", "position", "member_id"),
        ),
    )
}
"""Every kind, in the order in which they are read: what is referred to comes first."""
