"""The stage that keeps what was shown, as it was served. Member ids become keyed hashes before anything is kept."""

from __future__ import annotations

import time
from collections.abc import Callable, Container, Mapping
from math import isfinite
from typing import Any

from sixhop.domain import Answer
from sixhop.pipeline.experiment import Experiment
from sixhop.pipeline.ports import JsonRow
from sixhop.pipeline.select import Pick
from sixhop.pipeline.shadow import Beside, Seen

FORMAT = 1
"""Goes up when a field changes its meaning or goes away."""


def rows(
    answer: Answer,
    picks: list[Pick],
    *,
    surface: str,
    pseudonym: Callable[[str], str],
    now: Callable[[], float] = time.time,
    seen: Seen | None = None,
    experiment: Experiment | None = None,
) -> list[JsonRow]:
    """One row a recommendation shown: what it was scored with, where it stood and how likely it was to be shown.

    Args:
        answer: As it was sent; its chains may be redacted.
        picks: What it was made of, in the same order, with whole chains.
        surface: The surface's name.
        pseudonym: The realm's keyed hash of an id.
        now: The clock, in seconds since 1970.
        seen: What the model that did not serve says of it; rows have no `shadow` where it says nothing.
        experiment: How the sender was dealt with; rows have no `experiment` where none runs.
    """
    more: JsonRow = {} if experiment is None else {"experiment": _dealt(experiment, pseudonym)}
    shown_at = int(now())
    return [
        {
            "format": FORMAT,
            "attribution_token": shown.attribution_token,
            "request_id": answer.question.request_id,
            "shown_at": shown_at,
            "as_of": answer.question.as_of,
            "surface": surface,
            "sender": pseudonym(shown.sender_id),
            "target": pseudonym(shown.target_id),
            "offering_id": shown.offering_id,
            "position": position,
            "degree": shown.degree,
            "chain": [pseudonym(member) for member in pick.scored.candidate.chain.members],
            "pass_on": [tie.pass_on for tie in shown.chain.ties],
            "sources": list(shown.sources),
            "likelihood": shown.likelihood,
            "expected_value": shown.expected_value,
            "rank_score": pick.scored.rank_score,
            "propensity": pick.propensity,
            "explored": pick.explored,
            "model": answer.model,
            "queries_digest": answer.queries_digest,
            "features": _finite(pick.scored.features),
            **({} if seen is None else {"shadow": _shadow(seen, seen.of[position], pseudonym)}),
            **more,
        }
        for position, (shown, pick) in enumerate(zip(answer.recommendations, picks, strict=True))
    ]


def _finite(features: Mapping[str, float]) -> dict[str, float | None]:
    return {name: value if isfinite(value) else None for name, value in features.items()}


def _shadow(seen: Seen, beside: Beside, pseudonym: Callable[[str], str]) -> JsonRow:
    new = beside.instead
    return {
        "model": seen.model,
        "candidates": seen.candidates,
        "rank_correlation": seen.rank_correlation,
        "likelihood": beside.likelihood,
        "rank": beside.rank,
        "position": beside.position,
        "instead": None
        if new is None
        else {
            "subject": pseudonym(new.subject),
            "offering_id": new.offering_id,
            "degree": new.degree,
            "served_likelihood": new.likelihood,
            "likelihood": new.other,
        },
    }


def _dealt(experiment: Experiment, pseudonym: Callable[[str], str]) -> JsonRow:
    community = pseudonym(f"community\n{experiment.community_id}") if experiment.community_id else None
    return {
        "challenger": experiment.challenger,
        "share": experiment.share,
        "arm": experiment.arm,
        "community": community,
    }


def without(row: JsonRow, hashes: Container[str]) -> JsonRow | None:
    """A row without some members: None where one is its sender or target.

    Else their places in the chain are null, and so is who would have been shown instead.
    """
    chain: Any = row["chain"]
    shadow: Any = row.get("shadow")
    if row["sender"] in hashes or row["target"] in hashes:
        return None
    left = {**row, "chain": [None if member in hashes else member for member in chain]}
    if shadow and shadow["instead"] and shadow["instead"]["subject"] in hashes:
        left["shadow"] = {**shadow, "instead": None}
    return left
