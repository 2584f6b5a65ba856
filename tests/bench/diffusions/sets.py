"""Which data sets there are, where each one's files lie, and what is asked of its import. Reads none of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import android
import higgs
import messages
import netdiffuser
from folders import Table


@dataclass(frozen=True, slots=True)
class DataSet:
    """One data set.

    Attributes
    ----------
    folder
        Below the folder of all data.
    window_days
        Set only where the import proposes none, `why` says for what reason.
    """

    name: str
    folder: str
    convert: Callable[[Path], Mapping[str, Table]]
    window_days: int | None = None
    why: str = ""

    @property
    def import_options(self) -> tuple[str, ...]:
        """Undated ties are written once each and hold both ways."""
        window = () if self.window_days is None else ("--label-window-days", str(self.window_days))
        return ("--mutual", *window)


SETS = (
    DataSet("doctors", "netdiffuser", netdiffuser.doctors, 30, "one month, the study's own step"),
    DataSet("women", "netdiffuser", netdiffuser.women),
    DataSet("farmers", "netdiffuser", netdiffuser.farmers),
    DataSet("farmers-practices", "netdiffuser", netdiffuser.farmers_practices),
    DataSet("android", "cascades-android", android.android),
    DataSet("higgs", "higgs-twitter", higgs.higgs, 1, "the record lasts a week; a day is the shortest window there is"),
    DataSet("copenhagen", "copenhagen", messages.copenhagen),
    DataSet("collegemsg", "collegemsg", messages.collegemsg),
)
