"""Keeps a line for every call of a known caller: who asked about whom, when, and what came of it. No member's id.

Inside this, `Identity` finds the caller. Calls without credentials that hold are not kept here, or anybody could push
out what is: the service's log has a line for each of them.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import grpc

from sixhop.errors import Reason, SixhopError
from sixhop.pipeline.ports import JsonRow, Recorder
from sixhop.pseudonyms import Pseudonyms
from sixhop.rpc.access import asked_about
from sixhop.rpc.context import CALLER, REQUEST_ID
from sixhop.rpc.interceptors.around import Around

FORMAT = 1
"""Goes up when a field changes its meaning or goes away."""


@dataclass(frozen=True, slots=True)
class AuditLog:
    """Where the lines of one realm are kept, and under which names of members."""

    recorder: Recorder
    pseudonyms: Pseudonyms


class Audit(Around):
    """Around `Identity`, so that refusals are kept too. A line that cannot be kept never fails a call."""

    def __init__(self, logs: Mapping[str, AuditLog]) -> None:
        self._logs = logs

    @asynccontextmanager
    async def around(self, request: Any, context: grpc.aio.ServicerContext, method: str) -> AsyncIterator[None]:
        outcome = "OK"
        try:
            yield
        except asyncio.CancelledError:
            outcome = "GIVEN_UP_BY_CALLER"
            raise
        except SixhopError as error:
            outcome = error.reason.value
            raise
        except Exception:
            outcome = Reason.INTERNAL.value
            raise
        finally:
            caller = CALLER.get(None)
            if caller is not None and (audit := self._logs.get(caller.realm)):
                line = {
                    "format": FORMAT,
                    "at": round(time.time(), 3),
                    "subject": caller.subject,
                    "realm": caller.realm,
                    "enterprise": caller.enterprise_id,
                    "method": method.rpartition(".")[2],
                    "outcome": outcome,
                    "request_id": REQUEST_ID.get(),
                }
                about = list(asked_about(method, request))  # the request itself may be large: it is not held on to
                audit.recorder.put(lambda: [line | {"about": _hashed(about, audit.pseudonyms)}])


def _hashed(about: Sequence[tuple[str, Sequence[str]]], pseudonyms: Pseudonyms) -> JsonRow:
    return {field: [pseudonyms.of(each) for each in ids] for field, ids in about}
