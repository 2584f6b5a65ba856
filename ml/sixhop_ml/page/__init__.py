"""A model's report as one HTML page, drawn from its artifact alone. Knows nothing of Neo4j.

artifact → facts (its manifest, metrics and held-out rows) → sections → one page

The page holds its style and its pictures, runs no script, and fetches nothing; a reader can draw the same pictures from
`predictions.parquet`. It is derived: it is not among the files that the artifact's digest stands for.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

from sixhop.models.artifact import Artifact
from sixhop_ml.page.calibration import calibration
from sixhop_ml.page.effects import funnel, harm, incremental
from sixhop_ml.page.facts import Facts, read_facts
from sixhop_ml.page.features import features
from sixhop_ml.page.headline import gates, headline
from sixhop_ml.page.markup import Html, element, join, minute, text
from sixhop_ml.page.origin import identity, limits, making, windows
from sixhop_ml.page.ranking import disjoint, heuristics, negatives, ranking

__all__ = ["render", "write_page"]

FILE = "report.html"
POLICY = "default-src 'none'; style-src 'unsafe-inline'"
"""A browser fetches and runs nothing, even if something that is not escaped got in."""
SECTIONS: tuple[tuple[str, str, Callable[[Facts], Html]], ...] = (
    ("gates", "Gates", gates),
    ("windows", "Data windows", windows),
    ("calibration", "Predicted and observed", calibration),
    ("ranking", "Ranking", ranking),
    ("heuristics", "Beside the heuristics", heuristics),
    ("negatives", "Random and hard negatives", negatives),
    ("disjoint", "Members never fitted on", disjoint),
    ("features", "What the model goes by", features),
    ("funnel", "From served to adopted", funnel),
    ("harm", "Harm", harm),
    ("incremental", "Incremental likelihood", incremental),
    ("making", "How it was fitted", making),
    ("identity", "Digests and versions", identity),
    ("limits", "Limits", limits),
)
"""Of the page, in order: anchor, title, and what writes it."""


def render(artifact: Artifact, *, roles: tuple[str, ...] = ()) -> str:
    """The page of one artifact; `roles` are those it has now, which it cannot know itself."""
    facts = read_facts(artifact, roles)
    kind = facts.manifest.get("kind", "")
    contents = "".join(f'<li><a href="#{anchor}">{title}</a></li>' for anchor, title, _ in SECTIONS)
    written = minute(facts.manifest.get("created_at"))
    return join(
        [
            Html('<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">'),
            Html('<meta name="viewport" content="width=device-width, initial-scale=1">'),
            Html(f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'),
            Html('<meta name="color-scheme" content="light dark">'),
            element("title", f"Sixhop {kind} model {facts.digest}"),
            Html(
                f"<style>\n{files(__package__).joinpath('page.css').read_text(encoding='utf-8')}</style>\n</head>\n<body>"
            ),
            Html(f"<header>{headline(facts)}</header>"),
            Html(f'<nav aria-label="Contents"><ul>{contents}</ul></nav>\n<main>'),
            *(
                Html(f'<section id="{anchor}"><h2>{title}</h2>\n{write(facts)}\n</section>')
                for anchor, title, write in SECTIONS
            ),
            Html(f"</main>\n<footer>Model {text(facts.digest)}, trained {written}. Drawn from its own files.</footer>"),
            Html("</body>\n</html>\n"),
        ]
    )


def write_page(artifact: Artifact, *, roles: tuple[str, ...] = ()) -> Path:
    """Write `report.html` beside the artifact's files, whole or not at all, readable by whoever may read those."""
    page = artifact.path / FILE
    draft = artifact.path / f".{FILE}-{secrets.token_hex(8)}"
    try:
        draft.write_text(render(artifact, roles=roles), encoding="utf-8")
        draft.chmod((artifact.path / "metrics.json").stat().st_mode & 0o777)
        draft.replace(page)
    finally:
        draft.unlink(missing_ok=True)
    return page
