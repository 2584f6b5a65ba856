"""One line of the doctor's report. Knows nothing of what is checked."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from sixhop.errors import SixhopError


class Level(StrEnum):
    OK = "ok"
    WARN = "warn"
    FAIL = "FAIL"


@dataclass(frozen=True, slots=True)
class Finding:
    """What was checked, how it is, and what to do about it (empty when all is well)."""

    level: Level
    name: str
    what: str
    to_do: str = ""


def ok(name: str, what: str) -> Finding:
    return Finding(Level.OK, name, what)


def warn(name: str, what: str, to_do: str) -> Finding:
    return Finding(Level.WARN, name, what, to_do)


def fail(name: str, what: str, to_do: str) -> Finding:
    return Finding(Level.FAIL, name, what, to_do)


def of_error(name: str, error: SixhopError) -> Finding:
    """A message of ours, parted where it turns from what happened to what to do."""
    what, _, to_do = error.message.partition("; ")
    return fail(name, what, to_do or "mend that, and run `sixhop doctor` again")


def examine(name: str, check: Callable[[], Iterable[Finding]]) -> list[Finding]:
    """Run one check; an error of it is a finding too, so that the rest is still looked at."""
    try:
        return list(check())
    except SixhopError as error:
        return [of_error(name, error)]
    except OSError as error:
        return [fail(name, str(error), "mend that, and run `sixhop doctor` again")]
