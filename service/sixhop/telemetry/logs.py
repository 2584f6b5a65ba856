"""How the process writes its log: lines of text, or of JSON. No text of a foreign error gets in, since it may hold ids.

Our own messages name no member; what else is logged of an error (by gRPC, asyncio, the driver) becomes its type and
places. Other libraries are heard from warnings on: below, the driver would write what queries were asked with.
"""

from __future__ import annotations

import asyncio
import json
import logging
import sys
import traceback
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, TextIO

from sixhop.telemetry.watch import WATCH

OURS = "sixhop"
FACTS = ("method", "code", "reason", "elapsed_ms")
"""Of a request, besides its ids: what the log line of its end has."""
ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


def set_up_logs(*, as_json: bool, level: str, to: TextIO | None = None) -> None:
    """Log to `to` (standard error): ours from `level` on, of others what is a warning or worse."""
    handler = logging.StreamHandler(to or sys.stderr)
    handler.setFormatter(JsonLines() if as_json else TextLines())
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    logging.getLogger(OURS).setLevel(level)


def quietly(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """What the event loop does with errors that nobody took: asyncio itself would write their texts."""
    error = context.get("exception")
    logging.getLogger(f"{OURS}.loop").error("an error that nobody took", exc_info=error or False)


class TextLines(logging.Formatter):
    """A line for a person."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802
        ids = "".join(f" {name}={value}" for name, value in _ids() if f"{name}=" not in record.message)
        return super().formatMessage(record) + ids

    def formatException(self, ei: ExcInfo) -> str:  # noqa: N802
        return places(ei[1])


class JsonLines(logging.Formatter):
    """A line for a program: one JSON object."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line: dict[str, Any] = {"time": at, "level": record.levelname, "logger": record.name}
        line["message"] = record.getMessage()
        line.update(_ids())
        line.update((name, value) for name in FACTS if (value := getattr(record, name, "")) != "")
        if record.exc_info:
            line["error"] = places(record.exc_info[1])
        return json.dumps(line, ensure_ascii=False)


def _ids() -> list[tuple[str, str]]:
    watch = WATCH.get()
    return [(name, value) for name in ("request_id", "trace_id") if (value := getattr(watch, name))]


def places(error: BaseException | None) -> str:
    """Types and places of an error and its causes, without a word of theirs."""
    chain: list[str] = []
    while error is not None and len(chain) < 10:
        frames = "".join(traceback.format_tb(error.__traceback__))
        chain.append(f"{type(error).__module__}.{type(error).__qualname__}\n{frames}")
        error = error.__cause__ or error.__context__
    return "caused by ".join(chain)
