"""Champion and challenger side by side, over real segments: what is told is true, and what cannot be told is said."""

from __future__ import annotations

import json
import re
import subprocess
import sys

import pytest
from compared_world import serve_both
from served_world import NOW, World, champion

from sixhop.errors import NotFound
from sixhop.graph.executor import Graph
from sixhop.settings import Settings
from sixhop_ml.compare import Compared, compare
from small_world import write_world


def silent(what: str, done: int, total: int) -> None:
    del what, done, total


def compared(graph: Graph, settings: Settings) -> Compared:
    return compare(graph, settings, tell=silent, now=NOW)


def run(env: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "sixhop", "models", "compare", *arguments],
        env={**env, "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_two_arms_tell_which_earns_more_and_who_is_right(
    graph: Graph, settings: Settings, sixhop_env: dict[str, str]
) -> None:
    first, second = serve_both(graph, settings.home, share=0.5)
    found = compared(graph, settings)
    assert (found.champion, found.challenger) == (first, second)
    assert found.rows == found.rows_in_all == 10_000
    agreement = found.agreement
    assert (agreement.answers, agreement.rows) == (2_000, 10_000)
    assert agreement.rank_correlation is not None
    assert 0.1 < agreement.rank_correlation < 0.9
    assert agreement.kept is not None
    assert 0.2 < agreement.kept < 0.9
    assert agreement.difference is not None
    assert agreement.difference > 0.01

    shown = sum(each.shown for each in found.by_degree.values())
    lose, gain = (sum(getattr(each, name) for each in found.by_degree.values()) for name in ("lose", "gain"))
    assert 0 < lose <= gain < shown, "who stood where a slot explored is not recorded"
    assert gain <= lose * 1.3
    assert lose / shown == pytest.approx(1 - agreement.kept, abs=0.05)

    by = {(each.model, each.shown_by): each for each in found.calibration}
    own = by[first, first].found
    assert own.low is not None
    assert own.high is not None
    assert own.low < 1 < own.high, "the world is as the champion says"
    assert not by[first, first].missing
    blind = by[second, first].found
    assert blind.high is not None
    assert blind.high < 1, "of what the champion chose the challenger expects too little"
    assert blind.sent == own.sent
    modest = by[second, second].found
    assert modest.sent > 500

    arms = found.arms
    assert arms is not None
    assert (arms.surface, arms.share, arms.left_out) == ("default", 0.5, 0)
    assert arms.sent.low is not None
    assert arms.sent.high is not None
    assert arms.sent.low < 0 < arms.sent.high, "all is sent alike"
    assert arms.adopted.high is not None
    assert arms.adopted.high < 0, "who ranks at random earns less"
    assert arms.adopted.champion.clusters + arms.adopted.challenger.clusters == 100
    assert found.replay is not None
    assert found.replay["gained"]["value"] < 0
    assert found == compared(graph, settings)

    printed = run(sixhop_env, "--json")
    assert printed.returncode == 0, printed.stderr
    told = json.loads(printed.stdout)
    assert told["agreement"]["answers"] == 2_000
    assert not re.search(r"(member|offering|request|token|community)-\d|[0-9a-f]{32}", printed.stdout)
    page = run(sixhop_env)
    assert page.returncode == 0, page.stderr
    assert "would lose their place" in page.stdout
    assert "surface default, challenger_share 0.5" in page.stdout
    assert "0.5" in page.stdout
    assert not re.search(r"(member|offering|request|token|community)-\d|[0-9a-f]{32}", page.stdout)


def test_in_the_shadow_alone_nothing_is_said_of_what_it_earns(
    graph: Graph, settings: Settings, sixhop_env: dict[str, str]
) -> None:
    _, second = serve_both(graph, settings.home, share=0.0, answers=80)
    found = compared(graph, settings)
    assert found.agreement.answers == 80
    assert found.arms is None
    by = {(each.model, each.shown_by): each for each in found.calibration}
    assert "too few to tell" in by[second, found.champion].missing
    assert {each.sent for each in (by[key].found for key in by if key[1] == second)} == {0}
    said = run(sixhop_env).stdout
    assert "cannot be told yet: what the challenger earns: no surface gives it a share" in said
    assert "too few" in said


def test_what_no_challenger_saw_is_not_compared(graph: Graph, settings: Settings, sixhop_env: dict[str, str]) -> None:
    write_world(graph, settings={"label_window_days": 20})
    with pytest.raises(NotFound, match="no referral model serves"):
        compared(graph, settings)
    champion(graph, settings.home, World())
    with pytest.raises(NotFound, match="models challenge DIGEST"):
        compared(graph, settings)
    serve_both(graph, settings.home, share=0.0, answers=40, shadow=False)
    found = compared(graph, settings)
    assert (found.rows, found.agreement.answers) == (200, 0)
    assert any("no recorded answer was scored by both" in each for each in found.not_told)
    assert run(sixhop_env).returncode == 0
