"""Real diffusions become import folders with nothing made up, and go the same way as anybody's data up to a report."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from types import ModuleType

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
SCRIPT = CHECKOUT / "tests" / "bench" / "diffusions"
DATA = CHECKOUT.parent / "shared" / "data"
DAY = 86_400
Load = Callable[[str], ModuleType]


@pytest.fixture
def load(monkeypatch: pytest.MonkeyPatch) -> Iterator[Load]:
    """Imports one of the script's modules by name."""
    monkeypatch.syspath_prepend(str(SCRIPT))
    yield import_module
    for path in SCRIPT.glob("*.py"):
        sys.modules.pop(path.stem, None)


def test_who_never_adopted_has_no_experience_and_who_was_not_asked_is_left_out(load: Load, tmp_path: Path) -> None:
    rows = ["village,id,net11,net12,toa", "1.0,1.0,2,9,1.0", "1.0,2.0,1,2,3.0", "2.0,1.0,,0,2.0"]
    with gzip.open(tmp_path / "kfamily_converted.csv.gz", "wt") as file:
        file.write("\n".join(rows))
    tables = load("netdiffuser").women(tmp_path)
    load("folders").write_folder(tmp_path / "folder", tables)
    assert _lines(tmp_path / "folder" / "experiences.csv")[1:] == [
        f"1-1,family-planning,{365 * DAY}",
        f"2-1,family-planning,{2 * 365 * DAY}",
    ]
    assert _lines(tmp_path / "folder" / "ties.csv")[1:] == ["1-1,1-2"], (
        "named both ways once, oneself and strangers not"
    )


def test_cascades_share_a_clock_only_where_posts_with_two_tags_say_so(load: Load) -> None:
    android = load("android")
    one, later = {"a": 0, "b": 500, "c": 900}, {"x": 0, "b": 200, "c": 600, "d": 7}
    alone = {"a": 0, "d": 33}
    assert android.begin_of_each([one, later, alone]) == {0: 0, 1: 300}
    third = {"x": 0, "b": 100, "c": 500, "d": 107, "y": 5}  # after `one` by 400, which `later` must agree with
    assert android.begin_of_each([one, later, third]) == {0: 0, 1: 300, 2: 400}
    one |= {"e": 2000, "f": 2100}
    later |= {"g": 150, "h": 180}
    wrong = {"g": 50, "h": 80, "e": 1001, "f": 1101}  # after `later` by 100, yet after `one` by 999
    with pytest.raises(load("folders").NotThere, match="contradict"):
        android.begin_of_each([one, later, wrong])


def test_a_retweet_dates_both_and_makes_no_contact(load: Load, tmp_path: Path) -> None:
    acts = ["1 2 100 RT", "2 3 150 MT", "2 3 150 RE", "3 3 170 MT", "1 2 180 MT", "4 9 190 RT"]
    with gzip.open(tmp_path / "higgs-activity_time.txt.gz", "wt") as file:
        file.write("\n".join(acts))
    load("folders").write_folder(tmp_path / "folder", load("higgs").higgs(tmp_path))
    assert _lines(tmp_path / "folder" / "interactions.csv")[1:] == ["u1,u2,180", "u2,u3,150"]
    assert _lines(tmp_path / "folder" / "experiences.csv")[1:] == ["u1,rumour,100", "u2,rumour,100", "u3,rumour,170"]


def test_an_absent_data_set_is_named(load: Load, tmp_path: Path) -> None:
    runs, sets = load("runs"), load("sets")
    for each in sets.SETS:
        told = runs.run(each, tmp_path / "nowhere", tmp_path / "folder", {}, seed=1)
        assert "is not there" in told["skipped"]
    assert "is not there" in load("table").as_markdown([told])


@pytest.mark.verify
def test_the_smallest_from_files_to_reports(sixhop_env: dict[str, str], tmp_path: Path) -> None:
    for folder in ("netdiffuser", "copenhagen"):
        if not (DATA / folder).is_dir():
            pytest.skip(f"no real diffusions here: {DATA / folder} is absent")
    only = ("--only", "doctors", "--only", "farmers", "--only", "copenhagen")
    command = (sys.executable, str(SCRIPT), "--data", str(DATA), "--home", str(tmp_path), *only)
    done = subprocess.run(command, env=sixhop_env, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode in (0, 1), done.stderr
    assert "Traceback" not in done.stderr
    told = {name: json.loads((tmp_path / f"{name}.json").read_text()) for name in only[1::2]}
    assert "at least 30 are needed" in told["doctors"]["skipped"]
    assert {*told["farmers"]["models"]} == {"tie", "referral"}
    assert {*told["copenhagen"]["models"]} == {"tie"}, "nothing is offered"
    for each in (told["farmers"], told["copenhagen"]):
        assert not each["import"]["rejected"]
        window_s = each["import"]["label_window_days"] * DAY
        for kind, model in each["models"].items():
            assert Path(model["report"]).read_text(encoding="utf-8").startswith("<!doctype html>")
            assert model["auc"] < 0.95, "so good is only who knows the answer"
            spans = [model["slices"][name] for name in ("fit", "calibrate", "test")]
            for span, following in pairwise(spans):
                assert span["last"] + window_s <= following["first"]
            assert f"| {each['set']} | {kind} |" in done.stdout


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()
