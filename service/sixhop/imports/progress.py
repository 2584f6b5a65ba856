"""Shows how far an import is: a bar on a terminal, a line every few seconds elsewhere."""

from __future__ import annotations

import time
from typing import Self

import rich.progress as bars
from rich.console import Console

LINE_EVERY_S = 5.0


class Progress:
    """A context in which `progress(what, done, total)` shows progress; a total of 0 is not known yet."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._bars = bars.Progress(
            bars.TextColumn("{task.description}"),
            bars.BarColumn(),
            bars.MofNCompleteColumn(),
            bars.TimeElapsedColumn(),
            console=console,
            disable=not console.is_terminal,
        )
        self._tasks: dict[str, bars.TaskID] = {}
        self._last_line = time.monotonic()

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bars.stop()

    def __call__(self, what: str, done: int, total: int) -> None:
        if self._console.is_terminal:
            if what not in self._tasks:
                self._tasks[what] = self._bars.add_task(what, total=total or None)
            self._bars.update(self._tasks[what], completed=done, total=total or None)
        elif time.monotonic() - self._last_line >= LINE_EVERY_S:
            self._last_line = time.monotonic()
            self._console.print(f"{what}: {done}" + (f" of {total}" if total else ""), highlight=False)
