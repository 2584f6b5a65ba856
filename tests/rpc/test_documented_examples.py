"""The Python examples of README and of the API's page run against a service with the members they speak of."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from rpc_world import World, experience
from serving_process import Service, environment, running

from realms import forget_realm
from sixhop.errors import Unavailable
from sixhop.graph.catalog import Catalog, find_cypher_dir
from sixhop.graph.driver import Location
from sixhop.graph.executor import Graph

ROOT = Path(__file__).resolve().parents[2]
PAGES = ("README.md", "docs/api.md")
BLOCK = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)
TRIES = 10
"""The examples have default deadlines; a busy machine may need longer now and then: the answer then lacks a part."""
ADDRESS = "127.0.0.1:50051"


def documented_world() -> World:
    """The members of the examples: each pair of contacts is tied both ways."""
    pairs = [("m1845", "m1281"), ("m1281", "m1584"), ("m1281", "m646"), ("m1", "m2"), ("m2", "m9"), ("m9", "m12")]
    return World(
        ties={tie: 0.3 for u, v in pairs for tie in ((u, v), (v, u))},
        offerings={"a10089": {"kind": "artist"}, "o7": {"kind": "product"}, "o8": {"kind": "product"}},
        experiences=[experience("m1845", "a10089"), experience("m1", "o7"), experience("m1", "o8")],
        enterprises=["e1"],
        acts_for=[{"member_id": "m9", "enterprise_id": "e1"}],
    )


@pytest.fixture(scope="module")
def documented(neo4j_location: Location, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with Graph(neo4j_location, Catalog(find_cypher_dir()), f"test-{uuid.uuid4().hex[:12]}") as graph:
        try:
            documented_world().write(graph)
            env = environment(neo4j_location, graph.realm, tmp_path_factory.mktemp("home"), warm_up_s="10")
            with running(env) as service:
                yield service
        finally:
            forget_realm(graph)


@pytest.mark.parametrize("page", PAGES)
def test_examples_run(documented: Service, page: str, capsys: pytest.CaptureFixture[str]) -> None:
    blocks = BLOCK.findall((ROOT / page).read_text(encoding="utf-8"))
    assert blocks
    known: dict[str, object] = {}
    for number, block in enumerate(blocks, 1):
        if "Credentials(" in block:  # needs certificates: test_identity.py has some
            continue
        code = compile(block.replace(ADDRESS, documented.address), f"{page}, example {number}", "exec")
        said = ""
        for left in reversed(range(TRIES)):
            try:
                exec(code, known)
                said = capsys.readouterr().out.strip()
            except Unavailable:
                if not left:
                    raise
            if said:
                break
        assert said, f"{page}: example {number} found nobody"
