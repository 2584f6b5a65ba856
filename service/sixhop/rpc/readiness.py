"""Keeps health checks honest while serving: NOT_SERVING while the graph does not answer, SERVING again when it does."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from sixhop.errors import SixhopError

log = logging.getLogger(__name__)
Check = Callable[[], Awaitable[None]]
"""Raises `SixhopError` while requests cannot be answered."""

CHECK_EVERY_S = 2.0
LOOK_AGAIN_EVERY_S = 0.2
"""While it does not answer: who waits for it should not wait for us."""
CHECK_WITHIN_S = 2.0


async def watch(say_serving: Callable[[bool], Awaitable[None]], check: Check) -> None:
    """Check for ever, and say when the outcome changes."""
    serving = True
    while True:
        await asyncio.sleep(CHECK_EVERY_S if serving else LOOK_AGAIN_EVERY_S)
        try:
            async with asyncio.timeout(CHECK_WITHIN_S):
                await check()
            well, why = True, ""
        except TimeoutError:
            well, why = False, "the graph does not answer in time"
        except Exception as error:  # of any kind: the checks must go on
            well, why = False, error.message if isinstance(error, SixhopError) else repr(error)
        if well != serving:
            serving = well
            await say_serving(serving)
            log.warning("serving again" if serving else "not serving: %s", *([] if serving else [why]))
