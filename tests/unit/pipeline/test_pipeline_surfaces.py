"""Surfaces: what is wrong with one is said with file and field, all at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from sixhop.errors import Misconfigured
from sixhop.graph.catalog import find_cypher_dir
from sixhop.pipeline.surfaces import read_surfaces

GOOD = """
surface: default
sources:
  - {query: sources/six_degree_walk, share: 0.7, parameters: {width: 64}}
  - {query: sources/alike, share: 0.3}
"""


def written(folder: Path, **texts: str) -> Path:
    for name, text in texts.items():
        (folder / f"{name}.yaml").write_text(text)
    return folder


def test_the_surfaces_that_are_shipped_are_sound() -> None:
    surfaces = read_surfaces(find_cypher_dir() / "surfaces")
    default = surfaces["default"]
    assert "sources/six_degree_walk" in {entry.query for entry in default.sources}
    assert {entry.query for entry in default.sources if entry.when == "community"} == {"sources/communities"}
    assert [entry.query for entry in default.referrer_sources] == ["sources/six_degree_walk_back"]
    assert default.select.exploration == 0.05
    assert (default.attention.most, default.attention.window_s) == (20, 7 * 86_400)
    assert (default.most_width, default.most_referrer_width) == (512, 256)
    assert set(surfaces) == {"answer", "default", "win_back"}


def test_what_is_not_said_has_defaults(tmp_path: Path) -> None:
    surface = read_surfaces(written(tmp_path, default=GOOD))["default"]
    assert (surface.select.limit, surface.fatigue.window_days, surface.candidates) == (10, 30, 64)
    assert surface.sources[0].parameters == {"width": 64}
    assert surface.target_limits() == {
        "filters": ["has_adopted", "declined", "fatigued"],
        "reached_within_s": 30 * 86_400,
        "most_reached": 2,
        "declined_within_s": 180 * 86_400,
    }
    assert surface.sender_limits() == {"sent_within_s": 7 * 86_400, "most_sent": 20, "moderators": False}


def test_a_source_for_communities_is_no_part_of_the_whole(tmp_path: Path) -> None:
    more = "  - {query: sources/communities, share: 0.5, when: community}\n"
    surface = read_surfaces(written(tmp_path, default=GOOD + more))["default"]
    assert [entry.when for entry in surface.sources] == ["always", "always", "community"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("share: 0.3", "share: 0.2"), "the shares of the sources that are always asked add up to 0.9, not to 1"),
        (("share: 0.3", "share: 0.3, when: community"), "that are always asked add up to 0.7, not to 1"),
        (("share: 0.3", "share: 0.3, when: never"), "sources.1.when: Input should be 'always' or 'community'"),
        (("{width: 64}", "{detractor_sentiment: 0}"), "only the question sets detractor_sentiment"),
        (("{width: 64}", "{width: {a: 1}}"), "sources.0.parameters.width"),
        (
            ("surface: default", "surface: default\nreferrer_sources: [{query: sources/back, share: 0.9}]"),
            "the shares of the referrer_sources that are always asked add up to 0.9",
        ),
        (
            (
                "surface: default",
                "surface: default\nreferrer_sources: [{query: sources/a, share: 1}, "
                "{query: sources/b, share: 1, when: community}]",
            ),
            "no question for referrers aims at a community",
        ),
        (("surface: default", "surface: default\nmost_width: 513"), "most_width: Input should be less than"),
        (("surface: default", "surface: default\ncandidates: 501"), "candidates: Input should be less than"),
        (("surface: default", "surface: default\nload: {most: 65, window_days: 7}"), "load.most: Input should be less"),
        (("surface: default", "surface: default\nfatigue: {most: 0, window_days: 7}"), "fatigue.most: Input should be"),
        (("surface: default", "surface: default\nattention: {most: 1}"), "attention.window_days: Field required"),
        (("surface: default", "surface: default\nselect: {max_share_few: 0}"), "select.max_share_few: Input should be"),
        (("share: 0.3", "share: -1"), "sources.1.share: Input should be greater than 0"),
        (("sources/alike", "../../etc/passwd"), "sources.1.query: String should match"),
        (("{width: 64}", "{realm: other}"), "sources.0.parameters: Value error, only the question sets realm"),
        (("sources/alike", "sources/six_degree_walk"), "one of the sources stands twice"),
        (("surface: default", "surface: other"), "surface: is 'other', must be the file's name 'default'"),
        (("surface: default", "surface: default\nfilters: [nobody]"), "filters.0: Input should be 'has_adopted'"),
        (("surface: default", "surface: default\nselect: {limit: 101}"), "select.limit: Input should be less than"),
        (("surface: default", "surface: default\nselect: {exploration: 2}"), "select.exploration: Input should be"),
        (
            ("surface: default", "surface: default\nselect: {max_share_by_degree: {7: 1}}"),
            "select.max_share_by_degree.7",
        ),
        (("surface: default", "surface: default\ntypo: 1"), "typo: Extra inputs are not permitted"),
        (("surface: default", "surface: [default"), "cannot be read"),
        ((GOOD, ""), "default.yaml: Input should be a valid dictionary"),
    ],
)
def test_a_bad_surface_is_named_with_its_field(tmp_path: Path, change: tuple[str, str], words: str) -> None:
    written(tmp_path, default=GOOD.replace(*change))
    with pytest.raises(Misconfigured) as raised:
        read_surfaces(tmp_path)
    assert str(tmp_path / "default.yaml") in raised.value.message
    assert words in raised.value.message


def test_all_bad_surfaces_are_named_together(tmp_path: Path) -> None:
    bad = GOOD.replace("0.3", "7") + "select: {limit: 0}\n"
    written(tmp_path, default=bad, other=bad.replace("default", "other"))
    with pytest.raises(Misconfigured) as raised:
        read_surfaces(tmp_path)
    assert raised.value.message.count("select.limit") == 2
    assert raised.value.message.count("sources.1.share") == 2


def test_there_must_be_a_default(tmp_path: Path) -> None:
    written(tmp_path, other=GOOD.replace("default", "other"))
    with pytest.raises(Misconfigured, match=r"has no default\.yaml"):
        read_surfaces(tmp_path)
