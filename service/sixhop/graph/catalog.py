"""The catalogue of queries: every `.cypher` file, its header and its digest. Knows nothing of drivers.

A header is the file's first comment lines: one title line, then `@key value` pairs (kind, owner, timeout, max_rows,
maturity), then lines of `:params` that can be pasted into a browser.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from sixhop.errors import Misconfigured

_TAG = re.compile(r"@(\w+)\s+(\S+)")
_DURATION = re.compile(r"^(\d+(?:\.\d+)?)(ms|s|min)$")
_UNIT_S = {"ms": 0.001, "s": 1.0, "min": 60.0}
KINDS = frozenset({"source", "feature", "filter", "write", "training", "ops", "question"})


@dataclass(frozen=True, slots=True)
class Query:
    """One query file. `timeout_s` bounds it on the server, `max_rows` is the most it may return."""

    name: str
    title: str
    kind: str
    owner: str
    timeout_s: float
    max_rows: int
    maturity: str
    text: str

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.statement.encode()).hexdigest()[:16]

    @property
    def statement(self) -> str:
        """The text that is sent: without comments, which the server would read anew for every call."""
        return without_comments(self.text)

    @property
    def writes(self) -> bool:
        return self.kind == "write"


@cache
def without_comments(text: str) -> str:
    """Cypher without the lines that are comments, and without what indents the others."""
    lines = (line.strip() for line in text.splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("//"))


class Catalog:
    """All queries below one folder, by name (the path without `.cypher`).

    Raises:
        Misconfigured: a file has no usable header, or a name is unknown.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    @cached_property
    def _queries(self) -> dict[str, Query]:
        if not self.root.is_dir():
            raise Misconfigured(f"no folder of queries at {self.root}; set SIXHOP_CYPHER_DIR to a copy of cypher/")
        paths = sorted(self.root.rglob("*.cypher"))
        return {q.name: q for q in (_parse(self.root, path) for path in paths if path.parent.name != "migrations")}

    def __iter__(self) -> Iterator[Query]:
        return iter(self._queries.values())

    def __getitem__(self, name: str) -> Query:
        try:
            return self._queries[name]
        except KeyError:
            raise Misconfigured(f"no query {name!r} below {self.root}; there are {', '.join(self._queries)}") from None

    @property
    def digest(self) -> str:
        """One digest over all queries, so that an answer can say which it came from."""
        return hashlib.sha256("".join(q.name + q.digest for q in self).encode()).hexdigest()[:16]


def _parse(root: Path, path: Path) -> Query:
    name = path.relative_to(root).with_suffix("").as_posix()
    text = path.read_text(encoding="utf-8")
    header: list[str] = []
    for line in text.splitlines():
        if not line.startswith("//"):
            break
        header.append(line.removeprefix("//").strip())
    tags = dict(_TAG.findall(" ".join(header[1:])))
    missing = [key for key in ("kind", "owner", "timeout", "max_rows", "maturity") if key not in tags]
    if not header or missing:
        raise Misconfigured(f"{path}: the header lacks {', '.join('@' + key for key in missing) or 'a title line'}")
    duration = _DURATION.match(tags["timeout"])
    if tags["kind"] not in KINDS or not duration or not tags["max_rows"].isdigit():
        raise Misconfigured(f"{path}: bad header: @kind one of {sorted(KINDS)}, @timeout like 60ms, @max_rows a number")
    return Query(
        name=name,
        title=header[0],
        kind=tags["kind"],
        owner=tags["owner"],
        timeout_s=float(duration.group(1)) * _UNIT_S[duration.group(2)],
        max_rows=int(tags["max_rows"]),
        maturity=tags["maturity"],
        text=text,
    )


def find_cypher_dir(configured: Path | None = None) -> Path:
    """The configured folder, else the checkout's `cypher/`, else the installed package's copy."""
    if configured is not None:
        return configured
    package = Path(__file__).resolve().parents[1]
    checkout = package.parents[1] / "cypher"
    return checkout if (checkout / "schema.yaml").is_file() else package / "_cypher"
