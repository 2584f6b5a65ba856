"""What members have beyond their own rows, as columns for Neo4j's bulk importer. Runs nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa

from sixhop.imports.close_lists import best_pass_on
from sixhop.imports.offline_columns import choices, joined, numbers, times
from sixhop.imports.outreach_times import MemberTimes, outreach_times
from sixhop.imports.parsing import NONE
from sixhop.imports.staging import Stage
from sixhop.imports.ties import FolderTies, NewTies

Columns = dict[str, Callable[[slice], pa.Array]]
"""By the importer's header, how to make a slice of a column."""


def member_columns(staged: Stage, ties: FolderTies, new: NewTies) -> Columns:
    """How the lists of the walk begin, and what outreaches left on members."""
    members = len(staged.ids["members"])
    columns = {
        "close_to_best:double": _numbers(best_pass_on(ties.from_member, new.pass_on, members=members)),
        "close_from_best:double": _numbers(best_pass_on(ties.to_member, new.pass_on, members=members)),
    }
    if "outreach" in staged.rows:
        columns["opted_out_at:long"] = _times(_opted_out(staged))
        found = outreach_times(staged.rows["outreach"], staged.rows.get("hops"))
        columns |= {f"{name}:long[]": _lists(lists) for name, lists in found.items()}
    return columns


def _numbers(values: Any) -> Callable[[slice], pa.Array]:
    return lambda part: numbers(values[part])


def _times(values: Any) -> Callable[[slice], pa.Array]:
    return lambda part: times(values[part])


def _lists(of: MemberTimes) -> Callable[[slice], pa.Array]:
    def column(part: slice) -> pa.Array:
        moments, offsets = of.of(part)
        return joined(pa.array(moments).cast(pa.string()), offsets, np.diff(offsets) > 0)

    return column


def _opted_out(staged: Stage) -> Any:
    """When each member opted out last; NONE for most."""
    at = np.full(len(staged.ids["members"]), NONE, dtype=np.int64)
    rows = staged.rows["outreach"]
    opted = rows["outcome"] == choices("outreach", "outcome").index("opted_out")
    when = np.where(rows["outcome_at"] == NONE, rows["at"], rows["outcome_at"])
    np.maximum.at(at, rows["target_id"][opted], when[opted])
    return at
