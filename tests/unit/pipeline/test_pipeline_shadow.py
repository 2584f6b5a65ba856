"""What the other model says is recorded beside what was shown, and never changes or costs an answer."""

from __future__ import annotations

import logging
import time
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pipeline_parts import QUESTION, Hydrator, Model, Recorder, candidate, walk
from scipy.stats import spearmanr
from test_pipeline_run import SURFACE, answer_of

from sixhop.domain import ScoredCandidate
from sixhop.erasure.export import _answer as exported
from sixhop.pipeline import shadow
from sixhop.pipeline.record import without
from sixhop.pipeline.select import Pick
from sixhop.pipeline.shadow import Shadow
from sixhop.pipeline.surfaces import SelectRule

CROWD = [candidate(f"t{n}", *[f"i{n}{step}" for step in range(n % 3)], pass_on=0.9 - n / 20) for n in range(12)]
LIKES = {f"t{n}": (n * 5 % 12 + 1) / 100 for n in range(12)}


def likes(digest: str, **of: float) -> Model:
    return Model(likelihood=lambda features: of[f"t{features['number']:.0f}"], digest=digest)


CHAMPION = likes("d1", **{f"t{n}": (20 - n) / 100 for n in range(12)})
CHALLENGER = likes("d2", **LIKES)


async def asked(limit: int = 4, exploration: float = 0.0, request_id: str = "r1", **changes: Any) -> tuple[Any, Any]:
    recorder = Recorder()
    own = {"model": CHAMPION, "challenger": lambda: CHALLENGER, "recorder": recorder}
    answer = await answer_of(
        replace(QUESTION, limit=limit, request_id=request_id),
        surface=SURFACE.model_copy(update={"select": SelectRule(exploration=exploration)}),
        sources=[(walk(*CROWD), 1.0)],
        hydrator=Hydrator(features={f"t{n}": {"number": float(n)} for n in range(12)}),
        **{**own, **changes},
    )
    return answer, recorder.rows


def ordered(model: dict[str, float]) -> list[str]:
    return sorted(model, key=lambda each: -model[each])


async def test_each_row_has_what_the_other_says_and_who_would_have_been_shown() -> None:
    answer, rows = await asked()
    alone, plain = await asked(challenger=lambda: None)
    assert [(each.target_id, each.likelihood) for each in answer.recommendations] == [
        (each.target_id, each.likelihood) for each in alone.recommendations
    ]
    assert not any("shadow" in row for row in plain)
    order = ordered(LIKES)
    assert [each.target_id for each in answer.recommendations] == ["t0", "t1", "t2", "t3"]
    for row in rows:
        target = row["target"].strip("#")
        said = row["shadow"]
        assert (said["model"], said["candidates"], said["likelihood"]) == ("d2", 12, LIKES[target])
        assert said["rank"] == order.index(target)
        assert said["position"] == (order.index(target) if target in order[:4] else None)
        assert (said["instead"] is not None) == (said["position"] is None)
        assert said["rank_correlation"] == pytest.approx(
            spearmanr([20 - n for n in range(12)], [LIKES[f"t{n}"] for n in range(12)]).statistic
        )
    newcomers = [row["shadow"]["instead"] for row in rows if row["shadow"]["instead"]]
    coming = [each for each in order[:4] if each not in ("t0", "t1", "t2", "t3")]
    assert [each["subject"] for each in newcomers] == [f"#{each}#" for each in coming]
    for each in newcomers:
        name = each["subject"].strip("#")
        assert each["likelihood"] == LIKES[name]
        assert each["served_likelihood"] == pytest.approx((20 - int(name[1:])) / 100)
        assert each["degree"] == int(name[1:]) % 3 + 1


async def test_a_slot_that_explored_is_nobodys_loss() -> None:
    for number in range(40):
        answer, rows = await asked(exploration=0.5, request_id=f"r{number}")
        newcomers = [row["shadow"]["instead"]["subject"] for row in rows if row["shadow"]["instead"]]
        coming = [each for each in ordered(LIKES)[:4] if each not in ("t0", "t1", "t2", "t3")]
        assert newcomers == [f"#{each}#" for each in coming], "whatever was drawn"
        assert len(answer.recommendations) == len(rows) == 4


@pytest.mark.parametrize("bad", [Model(digest="d2", error=ValueError("no")), likes("d2"), likes("d2", t0=2.0)])
async def test_one_that_fails_is_told_of_and_rows_are_kept(bad: Model, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        answer, rows = await asked(challenger=lambda: bad)
    assert answer.model == "d1"
    assert answer.completeness.missing == ()
    assert len(rows) == 4
    assert not any("shadow" in row for row in rows)
    assert "model d2 failed in the shadow" in caplog.text
    assert "t0" not in caplog.text


def plain(model: Model, **changes: Any) -> tuple[Shadow, list[Pick]]:
    scored = [ScoredCandidate(each, {}, 0.1, 0.1) for each in CROWD[:2]]
    picks = [Pick(each, 1.0) for each in scored]
    own = Shadow(
        model=model,
        request_id="r",
        served=scored,
        score=lambda _: scored,
        choose=lambda found: [Pick(each, 1.0) for each in found],
        subject=lambda each: each.target_id,
    )
    return replace(own, **changes), picks


def test_a_recorder_that_falls_behind_leaves_it_out() -> None:
    looks, picks = plain(CHALLENGER)
    assert looks.look(picks) is not None
    late, _ = plain(CHALLENGER, began_at=time.monotonic() - 2 * shadow.WITHIN_S)
    assert late.look(picks) is None


def test_where_all_are_alike_there_is_no_correlation() -> None:
    looks, picks = plain(CHALLENGER)
    seen = looks.look(picks)
    assert seen is not None
    assert seen.rank_correlation is None


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=2, max_size=30))
def test_rank_correlation_is_spearmans(pairs: list[tuple[int, int]]) -> None:
    one, two = [[float(each[side]) for each in pairs] for side in (0, 1)]
    found = shadow._rank_correlation(one, two)
    if len(set(one)) == 1 or len(set(two)) == 1:
        assert found is None
    else:
        assert found == pytest.approx(spearmanr(one, two).statistic)


async def test_who_was_erased_goes_from_the_shadow_too() -> None:
    _, rows = await asked()
    row = next(row for row in rows if row["shadow"]["instead"])
    gone = row["shadow"]["instead"]["subject"]
    left = without(row, {gone})
    assert left is not None
    assert gone not in str(left)
    assert left["shadow"] == {**row["shadow"], "instead": None}
    assert without(row, {"#else#"}) == row


async def test_who_would_have_been_shown_is_told_so_and_of_nobody_else() -> None:
    _, rows = await asked()
    row = next(row for row in rows if row["shadow"]["instead"])
    told = exported(row, row["shadow"]["instead"]["subject"])
    assert (told["role"], told["model"], told["likelihood"]) == (
        "considered", "d2", row["shadow"]["instead"]["likelihood"],
    )  # fmt: skip
    assert "#" not in str(told)
    assert exported(row, row["target"])["role"] == "target"
