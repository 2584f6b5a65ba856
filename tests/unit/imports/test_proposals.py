"""What is proposed for a realm's settings comes from the folder's times, and stays within what three slices allow."""

from __future__ import annotations

from pathlib import Path

import pytest
from staged_folder import staged

from sixhop.imports.experiences import folder_experiences
from sixhop.imports.proposals import Proposal, propose
from sixhop.imports.run import Options, settle
from sixhop.imports.ties import folder_ties

DAY = 86_400
YEARS = 6 * 365


def proposal(path: Path, **files: str) -> Proposal:
    of = staged(path, **files)
    ties = folder_ties(of.rows.get("ties"), of.rows.get("interactions"), len(of.ids["members"]))
    rows = of.rows.get("experiences")
    return propose(of, ties, None if rows is None else folder_experiences(rows, len(of.ids["offerings"])))


def members(count: int) -> str:
    return "member_id\n" + "".join(f"m{i:03}\n" for i in range(count))


@pytest.mark.parametrize(("delay_days", "span_days", "wanted"), [(20, YEARS, 30), (400, YEARS, 180), (20, 80, 7)])
def test_the_label_window_holds_most_adoptions_but_no_more_than_an_eighth_of_the_span(
    tmp_path: Path, delay_days: int, span_days: int, wanted: int
) -> None:
    """Each of 200 pairs: the first experiences something, its contact the same, `delay_days` later."""
    rows = ["member_id,offering_id,at"]
    for pair in range(200):
        at = pair * max(span_days - delay_days, 1) * DAY // 200
        rows += [f"m{2 * pair:03},o{pair},{at}", f"m{2 * pair + 1:03},o{pair},{at + delay_days * DAY}"]
    ties = "from_id,to_id\n" + "".join(f"m{2 * p:03},m{2 * p + 1:03}\n" for p in range(200))
    offerings = "offering_id\n" + "".join(f"o{p}\n" for p in range(200))
    made = proposal(tmp_path, members=members(400), ties=ties, offerings=offerings, experiences="\n".join(rows) + "\n")
    assert made.label_window_days == wanted
    assert (made.half_life_days, made.half_life_why[:7]) == (None, "only 0 ")


def test_the_half_life_is_as_long_as_nearly_all_pauses(tmp_path: Path) -> None:
    contacts = [f"m000,m001,{i * 5 * DAY + hour * 3600}" for i in range(200) for hour in range(3)]
    made = proposal(tmp_path, members=members(2), interactions="\n".join(["from_id,to_id,at", *contacts]) + "\n")
    assert made.half_life_days == 7


def test_where_nothing_is_offered_the_window_is_that_of_replies(tmp_path: Path) -> None:
    contacts = [f"m000,m001,{i * 10 * DAY}\nm001,m000,{i * 10 * DAY + 2 * DAY}" for i in range(200)]
    made = proposal(tmp_path, members=members(2), interactions="\n".join(["from_id,to_id,at", *contacts]) + "\n")
    assert made.label_window_days in (7, 14)
    assert "replies" in made.label_window_why


def test_what_the_caller_says_wins_over_the_realm_and_the_realm_over_the_data() -> None:
    by_data = Proposal(30, "", 7.0, "")
    now, last = 1000 * DAY, 900 * DAY
    new = settle(None, "r", Options(), by_data, last, now)
    assert (new.label_window_days, new.half_life_days, new.as_of_last_event) == (30, 7.0, True)
    kept = settle(new, "r", Options(half_life_days=9.0), Proposal(60, "", 14.0, ""), last, now)
    assert (kept.label_window_days, kept.half_life_days, kept.as_of_last_event) == (30, 9.0, True)
    told = settle(None, "r", Options(label_window_days=200), by_data, last, now)
    assert (told.label_window_days, told.as_of_last_event) == (200, False)
    assert settle(None, "r", Options(as_of_last_event=False), by_data, last, now).as_of_last_event is False
    silent = settle(None, "r", Options(), Proposal(None, "", None, ""), None, now)
    assert (silent.label_window_days, silent.half_life_days, silent.as_of_last_event) == (180, 90.0, False)
