"""Reads surfaces: the named configurations of the pipeline that growth engineers tune. Knows only files and bounds."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from sixhop.domain import MAX_CHAIN_LENGTH, Goal
from sixhop.errors import Misconfigured

DAY_S = 86_400
MOST_SOURCES = 8
SHARES_SUM_WITHIN = 1e-6
MOST_REMEMBERED = 64
"""A member's last times of sending, of being asked and of being reached that the graph keeps."""
QUESTIONS_OWN = frozenset(
    {"realm", "anchors", "ask", "max_length", "min_degree", "max_degree", "targets", "limit", "as_of", "community_id"}
    | {
        "sender_id",
        "offering_id",
        "candidate_ids",
        "detractor_sentiment",
        "most_asked",
        "asked_within_s",
        "most_sent",
        "sent_within_s",
        "moderators",
    }
)

Share = Annotated[float, Field(gt=0, le=1)]
Days = Annotated[int, Field(ge=1, le=3650)]
Degree = Annotated[int, Field(ge=1, le=MAX_CHAIN_LENGTH)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SourceEntry(_Part):
    """A query that proposes candidates, and its share of the candidate slots."""

    query: Annotated[str, Field(pattern=r"^sources/[a-z0-9_]+$")]
    share: Share
    parameters: dict[Annotated[str, Field(pattern=r"^[a-z_]+$")], bool | int | float | str | list[int]] = {}
    """Handed to the query as they are, for example the width of a walk."""
    when: Literal["always", "community"] = "always"
    """Whether it is asked always, or only where the question aims at a community."""

    @field_validator("parameters")
    @classmethod
    def _are_not_the_questions_own(cls, value: dict[str, object]) -> dict[str, object]:
        if taken := sorted(QUESTIONS_OWN & set(value)):
            raise ValueError(f"only the question sets {', '.join(taken)}")
        return value


class Cap(_Part):
    """How much is asked of one member within a window; the graph remembers 64 times of each."""

    most: Annotated[int, Field(ge=1, le=MOST_REMEMBERED)]
    window_days: Days

    @property
    def window_s(self) -> int:
        return self.window_days * DAY_S


class SelectRule(_Part):
    """How the answer is chosen from the scored candidates."""

    limit: Annotated[int, Field(ge=1, le=100)] = 10
    max_per_community: Annotated[int, Field(ge=1, le=100)] | None = None
    max_share_by_degree: dict[Degree, Share] = {}
    max_share_few: Share = 1.0
    """Of the places, for who would ask something of the best connected hundredth of the members."""
    exploration: Annotated[float, Field(ge=0, le=0.5)] = 0.0

    def without_exploration(self) -> SelectRule:
        return self.model_copy(update={"exploration": 0.0})


class Surface(_Part):
    """One named configuration."""

    surface: Annotated[str, Field(pattern=r"^[a-z0-9_]{1,64}$")]
    goal: Goal = Goal.ADOPT
    """What somebody is to be reached for: to take to the offering, or to have an answer about it."""
    candidates: Annotated[int, Field(ge=1, le=500)] = 64
    sources: Annotated[tuple[SourceEntry, ...], Field(min_length=1, max_length=MOST_SOURCES)]
    referrer_sources: Annotated[tuple[SourceEntry, ...], Field(min_length=1, max_length=MOST_SOURCES)] = (
        SourceEntry(query="sources/six_degree_walk_back", share=1.0),
    )
    """For questions the other way round: who should reach a member."""
    most_width: Annotated[int, Field(ge=1, le=512)] = 512
    """A walk that found too few is run again, four times as wide, up to this."""
    most_referrer_width: Annotated[int, Field(ge=1, le=512)] = 256
    """The same, of who should reach a member."""
    enough_referrers: Annotated[int, Field(ge=1, le=100)] = 1
    """Fewer than this are too few of those who should reach a member; of whom a member should reach it is the limit."""
    filters: tuple[Literal["has_adopted", "declined", "fatigued"], ...] = ("has_adopted", "declined", "fatigued")
    declined_days: Days = 180
    """How long who declined an offering is not asked about it again."""
    attention: Cap = Cap(most=20, window_days=7)
    """Of a sender: outreaches started."""
    load: Cap = Cap(most=20, window_days=7)
    """Of an introducer: times asked to pass on or introduce."""
    fatigue: Cap = Cap(most=2, window_days=30)
    """Of a target: outreaches meant for them. The nearer to the cap, the less one more is worth."""
    experienced_introducers: bool = False
    """Whether introducers too must have a good experience of the offering."""
    select: SelectRule = SelectRule()
    challenger_share: Annotated[float, Field(ge=0, le=1)] = 0.0
    """Of communities: those whose senders the challenger answers, where there is one."""

    @model_validator(mode="after")
    def _shares_make_a_whole(self) -> Self:
        for name, entries in (("sources", self.sources), ("referrer_sources", self.referrer_sources)):
            total = sum(entry.share for entry in entries if entry.when == "always")
            if abs(total - 1) > SHARES_SUM_WITHIN:
                raise ValueError(f"the shares of the {name} that are always asked add up to {total:g}, not to 1")
            if len({entry.query for entry in entries}) < len(entries):
                raise ValueError(f"one of the {name} stands twice")
        if any(entry.when != "always" for entry in self.referrer_sources):
            raise ValueError("referrer_sources are always asked: no question for referrers aims at a community")
        return self

    def target_limits(self) -> dict[str, Any]:
        """What queries are told of how often a target may be reached, and which filters are switched on."""
        return {
            "filters": list(self.filters),
            "reached_within_s": self.fatigue.window_s,
            "most_reached": self.fatigue.most,
            "declined_within_s": self.declined_days * DAY_S,
        }

    def sender_limits(self) -> dict[str, int | bool]:
        """What queries are told of who may send, and how much may be asked of them."""
        return {
            "sent_within_s": self.attention.window_s,
            "most_sent": self.attention.most,
            "moderators": self.goal is Goal.ANSWER,
        }


def read_surfaces(folder: Path) -> dict[str, Surface]:
    """All surfaces of `folder` by name.

    Raises:
        Misconfigured: naming every file and field that is not as it must be, or that there is no default surface.
    """
    surfaces: dict[str, Surface] = {}
    problems: list[str] = []
    for path in sorted(folder.glob("*.yaml")):
        try:
            surface = Surface.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
        except ValidationError as error:
            problems += [f"{path}: {_field(item['loc'])}{item['msg']}" for item in error.errors()]
        except (yaml.YAMLError, OSError, UnicodeDecodeError) as error:
            problems.append(f"{path}: cannot be read: {error}")
        else:
            if surface.surface != path.stem:
                problems.append(f"{path}: surface: is {surface.surface!r}, must be the file's name {path.stem!r}")
            surfaces[surface.surface] = surface
    if not problems and "default" not in surfaces:
        problems.append(f"{folder}: has no default.yaml")
    if problems:
        raise Misconfigured("surfaces are not usable; mend these fields:\n  " + "\n  ".join(problems))
    return surfaces


def _field(location: tuple[int | str, ...]) -> str:
    return ".".join(str(part) for part in location) + ": " if location else ""
