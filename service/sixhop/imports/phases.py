"""Runs the writing of an import in batches: in order, side by side where they do not meet, resumable. No Cypher."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass

from sixhop.imports.journal import Journal

Tell = Callable[[str, int, int], None]
"""Told what is being done, how much of it is done, and out of how much."""


@dataclass(frozen=True, slots=True)
class Phase:
    """One kind of thing to write. `write(start, stop)` writes those rows in a transaction of its own.

    `writers`: how many batches may be under way at once; more than one only where they hold different locks, mostly.
    """

    name: str
    size: int
    write: Callable[[int, int], None]
    batch: int = 10_000
    writers: int = 1


def run_phases(phases: list[Phase], journal: Journal, tell: Tell) -> None:
    """Run all phases, each to its end before the next.

    Ctrl-C waits for the batches under way, so that the journal is right, and then passes on.
    """
    for phase in phases:
        done = 0
        todo = []
        for number, start in enumerate(range(0, phase.size, phase.batch)):
            rows = min(phase.batch, phase.size - start)
            if journal.has(phase.name, number):
                done += rows
            else:
                todo.append((number, start, rows))
        if todo:
            _run(phase, todo, done, journal, tell)


def _run(phase: Phase, todo: list[tuple[int, int, int]], done: int, journal: Journal, tell: Tell) -> None:
    tell(phase.name, done, phase.size)
    waiting = iter(todo)
    under_way: dict[Future[None], tuple[int, int]] = {}
    with ThreadPoolExecutor(phase.writers) as pool:

        def submit() -> None:
            following = next(waiting, None)
            if following is not None:
                number, start, rows = following
                under_way[pool.submit(phase.write, start, start + rows)] = (number, rows)

        def collect(finished: set[Future[None]]) -> int:
            rows_done = 0
            for future in finished:
                number, rows = under_way.pop(future)
                future.result()
                journal.add(phase.name, number)
                rows_done += rows
            return rows_done

        try:
            for _ in range(phase.writers):
                submit()
            while under_way:
                finished, _ = wait(under_way, return_when=FIRST_COMPLETED)
                done += collect(finished)
                tell(phase.name, done, phase.size)
                for _ in finished:
                    submit()
        except KeyboardInterrupt:
            collect(wait(under_way).done)
            raise
