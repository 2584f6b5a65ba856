"""Fields of which the statement with the latest time holds, each on its own. Plain values in, plain values out.

Nodes and relationships keep `told`, names of the fields that events told of, and `told_at`, when, in the same order.
What an import said has no time and yields to any event.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Told:
    """What one event says: values by field, None where a field is to be empty."""

    at: int
    fields: Mapping[str, Any]


def fold_fields(stored: Mapping[str, Any] | None, news: Iterable[Told]) -> dict[str, Any]:
    """What changes: fields, `told`, `told_at` and `updated_at`; empty when nothing does.

    Of two values of one time the greater holds, so that the order in which events come does not matter.
    """
    stored = stored or {}
    known = dict(zip(stored.get("told") or (), stored.get("told_at") or (), strict=True))
    times, changes = dict(known), dict[str, Any]()
    for each in news:
        for name, value in each.fields.items():
            before = times.get(name)
            had = changes[name] if name in changes else stored.get(name)
            if before is None or each.at > before or (each.at == before and _order(value) > _order(had)):
                times[name] = each.at
                changes[name] = value
    if not changes:
        return {}
    names = sorted(times)
    latest = max(*times.values(), stored.get("updated_at") or 0)
    return {**changes, "told": names, "told_at": [times[name] for name in names], "updated_at": latest}


def _order(value: Any) -> tuple[bool, str]:
    return value is not None, json.dumps(value, sort_keys=True)
