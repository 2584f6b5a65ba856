"""Reads surfaces: the named configurations of the pipeline that growth engineers tune. Knows only files and bounds."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from sixhop.domain import MAX_CHAIN_LENGTH
from sixhop.errors import Misconfigured

DAY_S = 86_400
MOST_SOURCES = 8
SHARES_SUM_WITHIN = 1e-6
QUESTIONS_OWN = frozenset({"realm", "anchors", "max_length"})

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

    @field_validator("parameters")
    @classmethod
    def _are_not_the_questions_own(cls, value: dict[str, object]) -> dict[str, object]:
        if taken := sorted(QUESTIONS_OWN & set(value)):
            raise ValueError(f"only the question sets {', '.join(taken)}")
        return value


class AttentionRule(_Part):
    """How many outreaches a sender may have started within a window."""

    most_outreaches: Annotated[int, Field(ge=1, le=100_000)] = 20
    window_days: Days = 7


class SelectRule(_Part):
    """How the answer is chosen from the scored candidates."""

    limit: Annotated[int, Field(ge=1, le=100)] = 10
    max_per_community: Annotated[int, Field(ge=1, le=100)] | None = None
    max_share_by_degree: dict[Degree, Share] = {}
    exploration: Annotated[float, Field(ge=0, le=0.5)] = 0.0


class Surface(_Part):
    """One named configuration."""

    surface: Annotated[str, Field(pattern=r"^[a-z0-9_]{1,64}$")]
    candidates: Annotated[int, Field(ge=1, le=500)] = 64
    sources: Annotated[tuple[SourceEntry, ...], Field(min_length=1, max_length=MOST_SOURCES)]
    filters: tuple[Literal["has_adopted", "recently_reached"], ...] = ("has_adopted", "recently_reached")
    recently_reached_days: Days = 30
    attention: AttentionRule = AttentionRule()
    select: SelectRule = SelectRule()

    @model_validator(mode="after")
    def _shares_make_a_whole(self) -> Self:
        total = sum(entry.share for entry in self.sources)
        if abs(total - 1) > SHARES_SUM_WITHIN:
            raise ValueError(f"the shares of the sources add up to {total:g}, not to 1")
        if len({entry.query for entry in self.sources}) < len(self.sources):
            raise ValueError("a source stands twice")
        return self


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
