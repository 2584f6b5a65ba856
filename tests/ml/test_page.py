"""The page of a model says what its predictions say, says what it does not know, fetches nothing and names nobody."""

from __future__ import annotations

import re
import stat
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from made_up_artifact import DAY, SEARCH, START, everything, stored
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score

from sixhop.models.artifact import Artifact, read_artifact, write_artifact
from sixhop_ml import page
from sixhop_ml.page import held_out, render, write_page
from sixhop_ml.page.markup import percent

VOID = {"meta", "br", "link", "img", "input", "hr"}
OLD_KEYS = {"gates", "learned_from", "logistic_regression", "negatives", "disjoint", "importance"}
OLD_KEYS |= {"partial_dependence", "funnel", "harm", "incremental", "search"}
HOSTILE = "<script src=//evil.example>\"'&</script>"


class Outline(HTMLParser):
    """What a browser would make of a page; fails where a tag is not closed, or an end has no beginning."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: Counter[str] = Counter()
        self.attributes: list[tuple[str, str | None]] = []
        self.sections: dict[str, str] = {}
        self.tables: list[list[list[str]]] = []
        self._open: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)
        assert not self._open, f"not closed: {self._open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        self.attributes += attrs
        if tag not in VOID:
            self._open.append((tag, dict(attrs)))
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in ("th", "td"):
            self.tables[-1][-1].append("")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        self.attributes += attrs

    def handle_endtag(self, tag: str) -> None:
        opened, _ = self._open.pop()
        assert opened == tag, f"</{tag}> closes <{opened}>"

    def handle_data(self, data: str) -> None:
        for tag, attributes in self._open:
            if tag == "section":
                name = attributes["id"] or ""
                self.sections[name] = self.sections.get(name, "") + data
            if tag in ("th", "td"):
                self.tables[-1][-1][-1] += data

    def table(self, heading: str) -> list[list[str]]:
        """The rows of the table whose first column has this heading."""
        return next(table[1:] for table in self.tables if table[0][0] == heading)


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> Artifact:
    return stored(tmp_path_factory.mktemp("old"))


@pytest.fixture(scope="module")
def new(tmp_path_factory: pytest.TempPathFactory) -> Artifact:
    return stored(tmp_path_factory.mktemp("new"), metrics=everything(), manifest={"search": SEARCH})


def predictions(artifact: Artifact) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    table = pa.parquet.read_table(artifact.path / "predictions.parquet")
    return tuple(table.column(name).to_numpy() for name in ("label", "likelihood", "exposed_contacts"))  # type: ignore[return-value]


def test_its_figures_are_those_of_the_stored_predictions(old: Artifact) -> None:
    label, likelihood, heuristic = predictions(old)
    seen = Outline(render(old))
    order = np.argsort(likelihood, kind="stable")

    curve = seen.table("bin")
    assert len(curve) == 15
    for row, inside in zip(curve, np.array_split(order, 15), strict=True):
        assert row[1:3] == [f"{len(inside):,}", f"{label[inside].sum():,}"]
        assert row[4:6] == [percent(likelihood[inside].mean()), percent(label[inside].mean())]

    gaps = [abs(label[each].mean() - likelihood[each].mean()) for each in np.array_split(order, 15)]
    assert f"15 bins, off by {percent(float(np.mean(gaps)))} on average" in seen.sections["calibration"]

    deciles = [label[inside].mean() / label.mean() for inside in np.array_split(order, 10)][::-1]
    assert [row[5] for row in seen.table("tenth")] == [f"{lift:.2f}×" for lift in deciles]
    assert seen.table("tenth")[-1][7] == percent(1.0)

    def precision(score: np.ndarray, recall: float) -> float:
        for threshold in np.unique(score)[::-1]:
            chosen = score >= threshold
            if label[chosen].sum() >= recall * label.sum():
                return float(label[chosen].mean())
        raise AssertionError

    for row in seen.table("recall"):
        recall = float(row[0].rstrip("%")) / 100
        assert row[1:] == [
            percent(each) for each in (precision(likelihood, recall), precision(heuristic, recall), label.mean())
        ]

    ranked = seen.table("ranked by")
    assert [row[0] for row in ranked] == ["the model", "exposed_contacts", "closeness"]
    assert ranked[0][2] == f"{average_precision_score(label, likelihood):.4f}"
    assert ranked[1][2] == f"{average_precision_score(label, heuristic):.4f}"
    assert ranked[2][4] == f"{old.metrics['heuristics']['closeness']['auc']:.3f}"
    assert percent(float(label.mean())) in render(old).split("<nav")[0]


@pytest.mark.parametrize("which", ["old", "new"])
def test_it_stands_alone_and_can_be_read_aloud(which: str, request: pytest.FixtureRequest) -> None:
    artifact = request.getfixturevalue(which)
    html = render(artifact, roles=("champion",))
    seen = Outline(html)
    assert "://" not in html
    assert not re.search(r"url\(|@import|javascript:", html)
    assert not seen.tags.keys() & {
        "script",
        "link",
        "img",
        "iframe",
        "object",
        "embed",
        "foreignobject",
        "image",
        "use",
    }
    assert not [name for name, _ in seen.attributes if name.startswith("on") or name in ("src", "srcset", "xlink:href")]
    links = [value for name, value in seen.attributes if name == "href"]
    ids = [value for name, value in seen.attributes if name == "id"]
    assert len(ids) == len(set(ids))
    assert {(link or "")[1:] for link in links} == set(seen.sections) <= set(ids)
    drawn = seen.tags["svg"]
    assert drawn >= 5
    assert html.count("<desc id=") == drawn == html.count('<svg role="img" aria-labelledby=')
    assert seen.tags["caption"] == seen.tags["table"] == seen.tags["thead"]
    assert all(
        value in ids for name, value in seen.attributes if name == "aria-labelledby" for value in (value or "").split()
    )
    assert "prefers-color-scheme: dark" in html
    assert "@media print" in html
    assert "nan" not in re.sub(r"<[^>]*>", " ", html.split("</style>")[1]).split()


def test_nobody_is_named_in_it(new: Artifact) -> None:
    html = render(new)
    ids = pa.parquet.read_table(new.path / "predictions.parquet").column("target_id").to_pylist()
    assert not [each for each in {*ids} if each in html]


def test_every_gate_has_its_row(new: Artifact) -> None:
    seen = Outline(render(new))
    assert seen.table("gate") == [
        ["brier_skill", "all", "0.0711", "> 0", "✓ passed", ""],
        ["ece", "degree 2", "–", "≤ 0.15", "✗ failed", "few"],
    ]
    assert "1 of 2 failed" in seen.sections["gates"]


def test_what_an_older_model_lacks_is_told_and_what_a_newer_one_has_is_shown(old: Artifact, new: Artifact) -> None:
    told = set(re.findall(r'<p class="none">None: this model was stored without <code>(\w+)</code>', render(old)))
    assert told == OLD_KEYS
    html = render(new)
    assert 'class="none"' not in html
    seen = Outline(html)
    for section, figures in {
        "windows": ("12,345", "exposures and whether an adoption followed", "2011-03-13"),
        "heuristics": ("logistic regression", "0.1771"),
        "negatives": ("random members", "hard negatives", "2.22×", "4,321"),
        "disjoint": ("members never fitted on", "0.2345"),
        "features": ("exposed_contacts", "taste_cosine"),
        "funnel": ("25.0", "4,000", "30.0"),
        "harm": ("777", "0.660"),
        "incremental": ("888", "666", percent(0.04)),
        "making": ("2 trials", "1. chosen"),
        "identity": (new.digest, *new.manifest["files"].values(), "d" * 16, "1.9.1"),
    }.items():
        assert [each for each in figures if each not in seen.sections[section]] == []
    assert seen.table("feature")[0][0] == "exposed_contacts"
    assert "A label window reaches" not in html


def test_why_a_section_has_nothing_is_told(tmp_path: Path) -> None:
    why = "fewer than thirty complaints"
    html = render(stored(tmp_path, metrics={"harm": {"missing": why}, "incremental": {"missing": why}}))
    assert html.count(f'<p class="none">None: {why}</p>') == 2


def test_windows_that_overlap_are_told(tmp_path: Path) -> None:
    assert "the figures flatter" in render(stored(tmp_path, manifest={"label_window_s": 101 * DAY}))


def test_what_comes_from_data_is_only_ever_text(tmp_path: Path) -> None:
    metrics = everything()
    of_others = {**metrics["disjoint"], "best_heuristic": HOSTILE}
    metrics |= {
        "best_heuristic": HOSTILE,
        "heuristics": {HOSTILE: {"average_precision": 0.1, "auc": 0.5}},
        "gates": [dict.fromkeys(("gate", "scope", "value", "limit", "note"), HOSTILE) | {"passed": True}],
        "importance": [{"feature": HOSTILE, "drop": 0.1, "low": 0.0, "high": 0.2}],
        "partial_dependence": {HOSTILE: {"grid": [0.0, 1.0], "likelihood": [0.1, 0.2]}},
        "harm": {"missing": HOSTILE},
        "learned_from": {"kind": HOSTILE},
        "negatives": {HOSTILE: of_others},
        "disjoint": of_others,
        "by_degree": {HOSTILE: {"pairs": 1}},
        "over_best_heuristic": {"ratio": 1.0, "low": 0.5, "high": 2.0, "over": HOSTILE},
    }
    manifest = {
        "realm": HOSTILE,
        "kind": HOSTILE,
        "label": HOSTILE,
        "data_digest": HOSTILE,
        "feature_names": [HOSTILE],
        "versions": {HOSTILE: HOSTILE},
        "hyperparameters": {HOSTILE: HOSTILE},
        "search": [{"hyperparameters": {HOSTILE: n}, "average_precision": 0.1, "seconds": 1.0} for n in (1, 2)],
    }
    spans = {"first": START, "last": START + DAY, "pairs": 1, "adopted": 1, "base_rate": 0.1}
    html = render(
        stored(tmp_path, metrics=metrics, manifest={**manifest, "slices": {HOSTILE: spans}}), roles=(HOSTILE,)
    )
    seen = Outline(html)
    assert "<script" not in html.lower()
    assert not seen.tags["script"]
    assert not [name for name, _ in seen.attributes if name == "src"]
    assert seen.table("gate") == [[HOSTILE, HOSTILE, "–", HOSTILE, "✓ passed", HOSTILE]]
    assert all(HOSTILE in seen.sections[name] for name in ("windows", "negatives", "features", "harm", "making"))


def test_a_model_that_knows_next_to_nothing_of_itself_has_a_page(tmp_path: Path) -> None:
    bare = write_artifact(
        tmp_path,
        estimator=LogisticRegression().fit([[0.0], [1.0]], [0, 1]),
        calibrator=LogisticRegression().fit([[0.0, 0.0], [1.0, 1.0]], [0, 1]),
        manifest={"kind": "tie"},
        metrics={"auc": float("nan"), "by_degree": {}},
        predictions=pa.table({}),
    )
    seen = Outline(render(bare))
    assert "predictions" in seen.sections["calibration"]
    assert "predictions" in seen.sections["ranking"]


def test_it_is_written_beside_the_model_which_stays_whole(old: Artifact, monkeypatch: pytest.MonkeyPatch) -> None:
    before = {path.name for path in old.path.iterdir()} - {"report.html"}
    written = write_page(old)
    assert written == old.path / "report.html"
    assert written.read_text(encoding="utf-8") == render(old)
    assert stat.S_IMODE(written.stat().st_mode) == stat.S_IMODE((old.path / "metrics.json").stat().st_mode)
    assert read_artifact(old.path).manifest == old.manifest
    write_page(old, roles=("champion",))
    assert "champion" in written.read_text(encoding="utf-8")

    def broken(*_: object, **__: object) -> str:
        raise MemoryError

    monkeypatch.setattr(page, "render", broken)
    with pytest.raises(MemoryError):
        write_page(old)
    assert {path.name for path in old.path.iterdir()} == before | {"report.html"}
    assert "champion" in written.read_text(encoding="utf-8")


def test_of_a_longer_file_only_so_many_rows_are_read_and_that_is_told(
    old: Artifact, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(held_out, "MOST_ROWS", 2_500)
    monkeypatch.setattr(held_out, "BATCH", 1_000)
    held = held_out.read_held_out(old.path / "predictions.parquet", "exposed_contacts")
    assert held is not None
    assert held.every == 3
    assert held.label.tolist() == predictions(old)[0][::3].tolist()
    assert "one of every 3 of the 6,000 held-out rows" in render(old)


def test_intervals_hold_the_truth_even_where_members_answer_alike() -> None:
    rng = np.random.default_rng(0)
    hits = {"alone": 0, "together": 0}
    for _ in range(200):
        member = np.repeat(np.arange(150), 20)
        label = (rng.random(3_000) < np.clip(rng.normal(0.1, 0.08, 150), 0, 1)[member]).astype(np.int64)
        truth = 0.1024  # the mean of that normal, cut off at 0
        for name, groups in {"alone": {}, "together": {"target_id": member}}.items():
            held = held_out.HeldOut(
                label, np.ones(3_000), np.full(3_000, 0.1), None, None, groups, rows_stored=3_000, every=1
            )
            found = held_out.one_bin(held, np.arange(3_000))
            assert found.low <= found.observed <= found.high
            hits[name] += found.low <= truth <= found.high
    assert hits["together"] >= 182
    assert hits["alone"] < hits["together"]
