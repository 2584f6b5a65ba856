"""How much memory the local server may take on this machine. Knows nothing of how Neo4j is told."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

_CGROUP_LIMITS = (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"))
_SHARE = 6
"""Heap and page cache get a sixth of the memory each: training and serving live on the same machine."""
_MOST_SHARE = 3
"""The page cache grows with the store up to a third: what does not fit is copied page by page, again and again."""
_STORE_AND_INDEXES = 1.25
_LEAST_HEAP_MB, _LEAST_PAGE_CACHE_MB, _MOST_MB = 512, 256, 4096


@dataclass(frozen=True, slots=True)
class Sizes:
    """Memory of one server, in MB."""

    heap_mb: int
    page_cache_mb: int


def sizes(
    *, heap_mb: int | None = None, page_cache_mb: int | None = None, memory_mb: int | None = None, store_mb: int = 0
) -> Sizes:
    """What was asked for, else a share of the machine (or of its container), and a page cache that holds the store."""
    usable = usable_mb() if memory_mb is None else memory_mb
    share = usable // _SHARE
    cache = min(_MOST_MB, max(_LEAST_PAGE_CACHE_MB, share))
    return Sizes(
        heap_mb=heap_mb or min(_MOST_MB, max(_LEAST_HEAP_MB, share)),
        page_cache_mb=page_cache_mb or max(cache, min(int(store_mb * _STORE_AND_INDEXES), usable // _MOST_SHARE)),
    )


def usable_mb(limits: tuple[Path, ...] = _CGROUP_LIMITS) -> int:
    """The machine's memory, or the container's limit where that is less."""
    machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return min([machine, *(limit for path in limits if (limit := _limit(path)) is not None)]) >> 20


def _limit(path: Path) -> int | None:
    try:
        text = path.read_text(encoding="ascii").strip()
    except OSError:
        return None
    return int(text) if text.isdigit() else None  # "max" where there is none
