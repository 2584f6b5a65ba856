"""The three classic diffusion studies of netdiffuseR: who adopted in which month or year, and whom each one named.

Periods have no calendar here: period p is p times 30 days (months) or 365 days (years) after 1970-01-01, and everything
in one period is at one instant. Whoever had not adopted by the last period is coded as one period later ("one plus the
last observed time of adoption", the package's manual) and gets no experience. A nomination is a tie both ways, of
unknown age: people were asked once, at the end. People who were named but not interviewed are left out, since nobody
knows whether they adopted.

Sources: Coleman, Katz, Menzel, "Medical Innovation" (1966); Rogers, Ascroft, Röling, "Diffusion of Innovation in
Brazil, Nigeria, and India" (1970); Rogers, Kincaid, "Communication Networks" (1981); Valente, "Network Models of the
Diffusion of Innovations" (1995).
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path

from folders import Table, lines, members, ties

DAY = 86_400
MONTH, YEAR = 30 * DAY, 365 * DAY
PRACTICES = "ABCDEFGHIJKL"
EARLIEST_YEAR, SURVEY_YEAR = 19, 66
"""Of the farmers' practices, in years since 1900. The survey's own year is no whole year, and also stands for never."""

Respondents = list[dict[str, str]]


def doctors(source: Path) -> Mapping[str, Table]:
    """125 doctors in four towns: the month in which each first prescribed tetracycline."""
    rows = _read(source / "medInnovations_converted.csv.gz")
    return _one_innovation(rows, "city", "tetracycline", period_s=MONTH)


def women(source: Path) -> Mapping[str, Table]:
    """1,047 women in 25 Korean villages: the year in which each took up family planning."""
    rows = _read(source / "kfamily_converted.csv.gz")
    return _one_innovation(rows, "village", "family-planning", period_s=YEAR)


def farmers(source: Path) -> Mapping[str, Table]:
    """692 farmers in 11 Brazilian villages: the year in which each took up hybrid corn."""
    rows = _read(source / "brfarmers_converted.csv.gz")
    return _one_innovation(rows, "village", "hybrid-corn", period_s=YEAR)


def farmers_practices(source: Path) -> Mapping[str, Table]:
    """The same farmers: the year in which each took up each of twelve practices (yrA to yrL)."""
    rows = _read(source / "brfarmers_converted.csv.gz")
    adopted = [
        (_id(row, "village"), f"practice-{each}", (int(float(row[f"yr{each}"])) - EARLIEST_YEAR) * YEAR)
        for row in rows
        for each in PRACTICES
        if row[f"yr{each}"] and float(row[f"yr{each}"]) < SURVEY_YEAR and row[f"pract{each}"] != "0"
    ]
    return _folder(rows, "village", adopted)


def _one_innovation(rows: Respondents, place: str, innovation: str, *, period_s: int) -> Mapping[str, Table]:
    never = max(float(row["toa"]) for row in rows)
    adopted = [
        (_id(row, place), innovation, int(float(row["toa"])) * period_s) for row in rows if float(row["toa"]) < never
    ]
    return _folder(rows, place, adopted)


def _folder(rows: Respondents, place: str, adopted: list[tuple[str, str, int]]) -> Mapping[str, Table]:
    known = {_id(row, place) for row in rows}
    named = {
        (_id(row, place), f"{_number(row[place])}-{_number(value)}")
        for row in rows
        for column, value in row.items()
        if column.startswith("net") and value
    }
    places = sorted({_number(row[place]) for row in rows})
    return {
        "members": members(known),
        "ties": ties(pair for pair in named if pair[1] in known),
        "offerings": (("offering_id",), {(offering,) for _, offering, _ in adopted}),
        "experiences": (("member_id", "offering_id", "at"), adopted),
        "communities": (("community_id",), [(f"{place}-{each}",) for each in places]),
        "memberships": (
            ("member_id", "community_id"),
            [(_id(row, place), f"{place}-{_number(row[place])}") for row in rows],
        ),
    }


def _read(path: Path) -> Respondents:
    return list(csv.DictReader(lines(path)))


def _id(row: dict[str, str], place: str) -> str:
    return f"{_number(row[place])}-{_number(row['id'])}"


def _number(cell: str) -> int:
    return int(float(cell))
