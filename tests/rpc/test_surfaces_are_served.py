"""What a surface sets must be what its queries take; else surface, query and parameter are named at the start."""

from __future__ import annotations

from typing import Any

import pytest

from sixhop import serving
from sixhop.errors import Misconfigured
from sixhop.graph.catalog import Catalog, find_cypher_dir
from sixhop.graph.driver import Location
from sixhop.graph.executor import AsyncGraph
from sixhop.pipeline.run import Pipeline
from sixhop.pipeline.surfaces import SourceEntry, Surface, read_surfaces

NOWHERE = Location("bolt://127.0.0.1:9", "neo4j", "none")
WALK, BACK, ALIKE = "sources/six_degree_walk", "sources/six_degree_walk_back", "sources/alike"


async def served(surface: Surface) -> Pipeline:
    async with AsyncGraph(NOWHERE, Catalog(find_cypher_dir()), "demo") as graph:
        return serving.make_pipeline(graph, surface, parts=None)  # type: ignore[arg-type]


def source(query: str, **parameters: Any) -> SourceEntry:
    return SourceEntry(query=query, share=1.0, parameters=parameters)


@pytest.mark.parametrize(
    "surface", read_surfaces(find_cypher_dir() / "surfaces").values(), ids=lambda each: each.surface
)
async def test_what_is_shipped_can_be_served(surface: Surface) -> None:
    pipeline = await served(surface)
    assert any(each.width for each, _ in pipeline.sources), "there is a walk, so that proposals have chains"
    assert {each.name for each, _ in pipeline.referrer_sources} == {BACK}
    assert pipeline.asked_source.name == "sources/asked"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"sources": (source("sources/none"),)}, "no query 'sources/none'"),
        ({"sources": (source(WALK, widht=9),)}, f"{WALK} has no parameter widht"),
        ({"sources": (source(WALK, width=0),)}, f"{WALK}: width must be at least 1"),
        ({"sources": (source(WALK, quotas=[1, 2]),)}, f"{WALK}: quotas must be 6 numbers"),
        ({"sources": (source(WALK, width="wide"),)}, f"{WALK}: one of its parameters is of a wrong kind"),
        ({"sources": (source(ALIKE, taste=9),)}, f"{ALIKE} has no parameter taste"),
        ({"sources": (source(BACK),)}, f"{BACK} finds senders, not targets"),
        ({"referrer_sources": (source(WALK),)}, f"{WALK} does not find senders"),
        ({"referrer_sources": (source(ALIKE),)}, f"{ALIKE} does not find senders"),
    ],
)
async def test_what_a_query_does_not_take_is_named(changes: dict[str, Any], words: str) -> None:
    surface = Surface(**{"surface": "mine", "sources": (source(WALK),), **changes})
    with pytest.raises(Misconfigured) as raised:
        await served(surface)
    assert words in raised.value.message
    assert "surface mine" in raised.value.message
