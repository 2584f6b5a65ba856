"""Runs `sixhop retrain` beside the service and understands what it says. Knows nothing of training.

It tells how far it is in lines like `walking: 12 of 80` on standard error, and what came of it in one line of JSON on
standard output; where that is missing, its last words say why.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import re
import signal
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from sixhop.errors import InvalidInput, Misconfigured, Reason, Unavailable
from sixhop.retraining.operation import MOST_OF_A_TEXT, Asked, Failure, Progress, Retrained, retrained_of
from sixhop.tasks import end

log = logging.getLogger(__name__)
COMMAND = (sys.executable, "-P", "-m", "sixhop", "retrain")
ENDED_WELL = frozenset({0, 8, 9})
"""Promoted or unchanged; kept as challenger; refused by a gate."""
KILLED_AFTER_S = 10.0
"""Told to end, it has so long."""
MOST_SAID = 1024 * 1024
"""Bytes of its answer."""
KEPT_LINES = 20
_CHUNK = 64 * 1024
_WIDTH = "2000"
"""Columns: its messages come in one line each."""
_PROGRESS = re.compile(r"(?P<stage>\S.{0,199}): (?P<done>\d[\d,]*)(?: of (?P<total>\d[\d,]*))?")
_ERROR = re.compile(r"error (?P<reason>[A-Z_]+): (?P<message>.*)")
_BY_EXIT_CODE = {
    InvalidInput.exit_code: Reason.TOO_LITTLE_TO_LEARN,
    Unavailable.exit_code: Reason.LOCKED,
    Misconfigured.exit_code: Reason.MISCONFIGURED,
}
Told = Callable[[Progress], None]


class RetrainProcess:
    """One run of the command: `start` it, then await its `result`. What goes wrong with it is logged under `name`."""

    def __init__(self, command: Sequence[str], realm: str, asked: Asked, *, name: str) -> None:
        self._name = name
        self._command = [*command, "--realm", realm, "--json", *_options(asked)]
        self._process: subprocess.Popen[bytes] | None = None
        self._killing: asyncio.Task[None] | None = None
        self._said: deque[str] = deque(maxlen=KEPT_LINES)

    def start(self) -> None:
        """Takes some milliseconds. For the event loop's thread: the kernel ends the process with the one that began it.

        Not by asyncio: uvloop forks, and a fork of a process that gRPC works in may crash before its `exec` (one of 25
        did; https://github.com/grpc/grpc/blob/master/doc/fork_support.md). This does `vfork`, which runs nothing else.

        Raises:
            OSError: it cannot be started.
        """
        self._process = subprocess.Popen(
            (sys.executable, "-P", "-m", "sixhop.retraining.beside", str(os.getpid()), *self._command),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, "COLUMNS": _WIDTH, "NO_COLOR": "1"},
            start_new_session=True,  # Ctrl-C at the service is the service's
        )

    async def result(self, tell: Told) -> Retrained | Failure:
        """What came of it; `tell` is called as it goes on."""
        process = self._process
        if process is None:
            raise RuntimeError("it was not started")
        out, err = await _stream(process.stdout), await _stream(process.stderr)
        answer, _ = await asyncio.gather(_read(out), self._listen(err, tell))
        code = await asyncio.to_thread(process.wait)  # having closed both, it is about to end
        await end(self._killing)
        return self._understood(code, answer)

    def interrupt(self) -> None:
        """Tell it to end, as Ctrl-C does; later make it."""
        if self._process is None or self._killing is not None:
            return
        with suppress(ProcessLookupError):
            self._process.send_signal(signal.SIGINT)
        self._killing = asyncio.create_task(self._kill_later(self._process.pid))

    async def _kill_later(self, process_id: int) -> None:
        await asyncio.sleep(KILLED_AFTER_S)
        with suppress(ProcessLookupError):
            os.killpg(process_id, signal.SIGKILL)  # with all that it started: it leads a session of its own

    async def _listen(self, stream: asyncio.StreamReader, tell: Told) -> None:
        rest = b""
        while chunk := await stream.read(_CHUNK):
            *lines, rest = (rest + chunk).replace(b"\r", b"\n").split(b"\n")
            rest = rest[-MOST_OF_A_TEXT:]
            for line in lines:
                self._hear(line, tell)
        self._hear(rest, tell)

    def _hear(self, line: bytes, tell: Told) -> None:
        text = line.decode("utf-8", "replace").rstrip()[:MOST_OF_A_TEXT]
        if found := _PROGRESS.fullmatch(text):
            tell(Progress(found["stage"], _number(found["done"]), _number(found["total"] or "0")))
        elif text:
            self._said.append(text)

    def _understood(self, code: int, answer: bytes) -> Retrained | Failure:
        if code in ENDED_WELL:
            try:
                told = json.loads(answer.decode("utf-8").strip().rpartition("\n")[2])
                digests = {kind: model["digest"] for kind, model in told["models"].items() if model["digest"]}
                return retrained_of(told, digests=digests)
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                log.error("%s ended with %d and an answer that makes no sense: %r", self._name, code, error)
                return Failure(Reason.INTERNAL, "")
        reason, message = self._last_words(code)
        if reason is Reason.INTERNAL:
            log.error("%s ended with %d; its last words:\n%s", self._name, code, "\n".join(self._said))
        return Failure(reason, message)

    def _last_words(self, code: int) -> tuple[Reason, str]:
        """By the error that it names, which may be followed by lines about fields; else by its exit code."""
        lines = list(self._said)
        for number in reversed(range(len(lines))):
            found = _ERROR.fullmatch(lines[number])
            if found and found["reason"] in Reason.__members__:
                reason = Reason(found["reason"])
                message = " ".join([found["message"], *(line.strip() for line in lines[number + 1 :])])
                if reason is Reason.INVALID_ARGUMENT:
                    reason = Reason.TOO_LITTLE_TO_LEARN
                return reason, message[:MOST_OF_A_TEXT]
        return _BY_EXIT_CODE.get(code, Reason.INTERNAL), lines[-1] if lines else ""


def _options(asked: Asked) -> list[str]:
    dry_run = ["--dry-run"] if asked.dry_run else []
    since = ["--since", str(asked.since)] if asked.since is not None else []
    return [*dry_run, *since, f"--why={asked.why}"]  # in one word, or a reason like `-h` would be an option


async def _stream(pipe: Any) -> asyncio.StreamReader:
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), pipe)
    return reader


async def _read(stream: asyncio.StreamReader) -> bytes:
    """All that comes, of which so much is kept that nothing can fill the memory."""
    kept = b""
    while chunk := await stream.read(_CHUNK):
        kept = (kept + chunk)[-MOST_SAID:]
    return kept


def _number(text: str) -> float:
    return float(text.replace(",", ""))
