"""The retrainings of a realm as callers see them: one at a time, asked about, awaited, cancelled. Knows no gRPC."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from sixhop.errors import Misconfigured, Reason, Refused, Unavailable
from sixhop.retraining.kept import LEFT_BEHIND, Kept
from sixhop.retraining.operation import Asked, Failure, Operation, Progress, Retrained, new_operation
from sixhop.retraining.process import COMMAND, RetrainProcess

log = logging.getLogger(__name__)
WRITE_EVERY_S = 1.0
"""How far it is gets into its file so often, which is also how often it looks whether somebody wants it to end."""
LOOK_EVERY_S = 0.2
"""While somebody waits for one that another process runs."""


class Retraining:
    """Used from one event loop; files are read and written aside from it.

    Args:
        home, realm: Where operations are kept.
        command: What is run, up to its options.
    """

    def __init__(self, home: Path, realm: str, *, command: Sequence[str] = COMMAND) -> None:
        self._realm = realm
        self._command = command
        self._kept = Kept(home, realm)
        self._starting = asyncio.Lock()
        self._running: asyncio.Task[None] | None = None
        self._process: RetrainProcess | None = None
        self._now: Operation | None = None
        self._ended = asyncio.Event()
        self._asked_to_end = False
        self._closing = False

    async def start(self, asked: Asked) -> Operation:
        """Begin one, which goes on without whoever asked for it.

        Raises:
            Refused: one is under way, here or in another process.
            Misconfigured: the command cannot be started.
            Unavailable: the service is ending.
        """
        return await asyncio.shield(asyncio.create_task(self._start(asked)))

    async def _start(self, asked: Asked) -> Operation:
        async with self._starting:
            if self._closing:
                raise Unavailable("the service is ending; try again", reason=Reason.SERVICE_UNAVAILABLE)
            alone = ExitStack()
            try:
                if not await asyncio.to_thread(alone.enter_context, self._kept.alone()):
                    raise _under_way(await self._named())
                operation = new_operation(asked)
                process = RetrainProcess(self._command, self._realm, asked, name=operation.operation_id)
                await asyncio.to_thread(self._kept.write, operation)
                await asyncio.to_thread(self._kept.forget_old)
                await self._start_process(process, operation)
            except BaseException:
                alone.close()
                raise
            self._now, self._process = operation, process
            self._ended, self._asked_to_end = asyncio.Event(), False
            self._running = asyncio.create_task(self._run(operation, process, alone))
            return operation

    async def get(self, operation_id: str) -> Operation:
        """As it is now. Raises `NotFound`."""
        return self._newest(await asyncio.to_thread(self._kept.read, operation_id))

    async def all(self) -> list[Operation]:
        """Those that are remembered, newest first."""
        return [self._newest(each) for each in await asyncio.to_thread(self._kept.all)]

    async def wait(self, operation_id: str, *, timeout_s: float) -> Operation:
        """As it is when it ends, or after `timeout_s`. Raises `NotFound`."""
        until = time.monotonic() + timeout_s
        while True:
            operation = await self.get(operation_id)
            left_s = until - time.monotonic()
            if not operation.running or left_s <= 0:
                return operation
            here = self._now is not None and self._now.operation_id == operation_id
            try:
                async with asyncio.timeout(left_s if here else min(left_s, LOOK_EVERY_S)):
                    await (self._ended.wait() if here else asyncio.sleep(LOOK_EVERY_S))
            except TimeoutError:
                continue

    async def cancel(self, operation_id: str) -> None:
        """Have it end; nothing where it has. It may come to its own end before. Raises `NotFound`."""
        operation = await self.get(operation_id)
        if not operation.running:
            return
        await asyncio.to_thread(self._kept.ask_to_end, operation_id)
        if self._now is not None and self._now.operation_id == operation_id and self._process is not None:
            self._asked_to_end = True
            self._process.interrupt()

    async def close(self) -> None:
        """End what runs here; it is remembered as ended with the service."""
        self._closing = True
        async with self._starting:
            running, process = self._running, self._process
        if running is not None and process is not None:
            process.interrupt()
            await asyncio.gather(running, return_exceptions=True)

    async def _start_process(self, process: RetrainProcess, operation: Operation) -> None:
        try:
            process.start()
        except OSError as error:
            message = f"sixhop retrain cannot be started: {error}"
            failed = replace(operation, ended_at=operation.started_at, failure=Failure(Reason.MISCONFIGURED, message))
            await asyncio.to_thread(self._kept.write, failed)
            raise Misconfigured(message) from error

    async def _run(self, operation: Operation, process: RetrainProcess, alone: ExitStack) -> None:
        over = asyncio.Event()
        keeping = asyncio.create_task(self._keep_up(process, over))
        try:
            result = await process.result(self._tell)
        except Exception:
            log.exception("operation %s: listening to sixhop retrain failed", operation.operation_id)
            process.interrupt()
            result = Failure(Reason.INTERNAL, "")
        try:
            over.set()
            await keeping  # not cancelled: what it is writing must not come after what is written now
            ended = self._with(self._now or operation, result)
            await asyncio.to_thread(self._kept.write, ended)
            self._now = ended
            log.info("operation %s ended: %s", ended.operation_id, _word(ended))
        finally:
            alone.close()
            self._process = None
            self._ended.set()

    def _with(self, operation: Operation, result: Retrained | Failure) -> Operation:
        """A process that was told to end but came to its own end before counts as what it did."""
        ended_at = round(time.time(), 3)
        if isinstance(result, Retrained):
            return replace(operation, ended_at=ended_at, retrained=result)
        if self._closing:
            result = Failure(Reason.OPERATION_ABORTED, LEFT_BEHIND)
        elif self._asked_to_end:
            result = Failure(Reason.OPERATION_CANCELLED, "it was cancelled; a new one goes on where it was")
        return replace(operation, ended_at=ended_at, failure=result)

    def _tell(self, progress: Progress) -> None:
        if self._now is not None:
            self._now = replace(self._now, stage=progress.stage, done=progress.done, total=progress.total)

    async def _keep_up(self, process: RetrainProcess, over: asyncio.Event) -> None:
        """Write how far it is for other processes, and do what they ask for."""
        written = self._now
        while not await _happens(over, within_s=WRITE_EVERY_S):
            now = self._now
            if now is None:
                continue
            try:
                if now is not written:
                    await asyncio.to_thread(self._kept.write, now)
                    written = now
                if await asyncio.to_thread(self._kept.asked_to_end, now.operation_id):
                    self._asked_to_end = True
                    process.interrupt()
            except OSError as error:  # a disk that is full now may not be later
                log.warning("operation %s cannot be kept up to date: %s", now.operation_id, error)

    def _newest(self, kept: Operation) -> Operation:
        """What this process knows of one that it ran last is newer than its file."""
        return self._now if self._now is not None and self._now.operation_id == kept.operation_id else kept

    async def _named(self) -> str:
        running = [each.operation_id for each in await self.all() if each.running]
        return f"operations/{running[0]}" if running else "another process"


def _under_way(what: str) -> Refused:
    return Refused(
        f"a retraining of this realm is under way: {what}; wait for it or cancel it", reason=Reason.RETRAIN_UNDER_WAY
    )


async def _happens(event: asyncio.Event, *, within_s: float) -> bool:
    try:
        async with asyncio.timeout(within_s):
            return await event.wait()
    except TimeoutError:
        return False


def _word(operation: Operation) -> str:
    return operation.failure.reason if operation.failure else str(operation.retrained and operation.retrained.outcome)
