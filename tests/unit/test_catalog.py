"""The catalogue of queries: what each file must say of itself, and what is said when it does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from sixhop.errors import Misconfigured
from sixhop.graph.catalog import KINDS, Catalog, find_cypher_dir

GOOD = """\
// Count members.
// @kind ops   @owner platform   @timeout 1.5s   @max_rows 1   @maturity stable
//   :params {realm: "demo"}
MATCH (m:Member {realm: $realm}) RETURN count(m) AS members
"""
LONGEST_NAME = 100


def _catalog(root: Path, text: str, name: str = "ops/count.cypher") -> Catalog:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return Catalog(root)


def test_a_query_is_known_by_its_path_and_bounded_by_its_header(tmp_path: Path) -> None:
    query = _catalog(tmp_path, GOOD)["ops/count"]
    assert query.title == "Count members."
    assert query.timeout_s == 1.5
    assert query.max_rows == 1
    assert not query.writes
    assert query.text == GOOD


@pytest.mark.parametrize("tag", ["kind", "owner", "timeout", "max_rows", "maturity"])
def test_a_header_without_a_tag_names_the_file_and_the_tag(tmp_path: Path, tag: str) -> None:
    with pytest.raises(Misconfigured, match=rf"ops/count\.cypher: the header lacks @{tag}"):
        _catalog(tmp_path, GOOD.replace(f"@{tag} ", f"{tag} "))["ops/count"]


def test_a_file_without_a_header_names_all_that_it_lacks(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="@kind, @owner, @timeout, @max_rows, @maturity"):
        _catalog(tmp_path, "RETURN 1 AS one\n")["ops/count"]


@pytest.mark.parametrize(
    ("good", "bad"), [("@kind ops", "@kind poem"), ("@timeout 1.5s", "@timeout soon"), ("@max_rows 1", "@max_rows all")]
)
def test_a_header_with_a_bad_value_is_refused(tmp_path: Path, good: str, bad: str) -> None:
    with pytest.raises(Misconfigured, match=r"ops/count\.cypher: bad header"):
        _catalog(tmp_path, GOOD.replace(good, bad))["ops/count"]


def test_an_unknown_query_is_named_with_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match=r"no query 'ops/cuont'.*ops/count"):
        _catalog(tmp_path, GOOD)["ops/cuont"]


def test_a_missing_folder_says_what_to_set(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="SIXHOP_CYPHER_DIR"):
        Catalog(tmp_path / "absent")["ops/count"]


def test_the_digest_changes_with_any_query(tmp_path: Path) -> None:
    before = _catalog(tmp_path, GOOD)
    digests = (before.digest, before["ops/count"].digest)
    after = _catalog(tmp_path, GOOD.replace("count(m)", "count(*)"))
    assert after.digest != digests[0]
    assert after["ops/count"].digest != digests[1]


def test_every_query_of_the_product_is_usable_and_bounded() -> None:
    queries = list(Catalog(find_cypher_dir()))
    assert queries
    for query in queries:
        assert query.kind in KINDS
        assert 0 < query.timeout_s <= 3600, query.name
        assert query.max_rows >= 0, query.name
        assert len(query.name) <= LONGEST_NAME


def test_a_configured_folder_wins(tmp_path: Path) -> None:
    assert find_cypher_dir(tmp_path) == tmp_path
    assert (find_cypher_dir() / "schema.yaml").is_file()
