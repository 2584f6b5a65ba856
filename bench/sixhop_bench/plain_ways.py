"""The plain ways to the same answers, straight over the driver: what the service is compared with."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import neo4j
from neo4j import exceptions as driver_errors

from sixhop.graph.driver import Location, open_async_driver
from sixhop_bench.arrivals import WHOLE, Ask
from sixhop_bench.graphs import REALM
from sixhop_bench.questions import CHAINS, TARGETS, Question

FOLDER = Path(__file__).parent / "plain"
TIMED_OUT = "over the time limit"
GRACE_S = 5.0
"""For the server to end a statement by itself."""
EMPTY = "an empty statement"
ENUMERATION = "plain: -[:KNOWS*1..6]->"


@dataclass(frozen=True, slots=True)
class PlainWay:
    """A statement, and the question whose members it is asked about."""

    name: str
    file: str
    like: str
    within_s: float


PLAIN_WAYS = (
    PlainWay("plain: friends of friends", "friends_of_friends", TARGETS, 5.0),
    PlainWay("plain: shortestPath", "shortest_path", CHAINS, 5.0),
    PlainWay("plain: SHORTEST 5", "shortest_five", CHAINS, 5.0),
)


class Statements:
    """Runs the statements of this package on one server."""

    def __init__(self, at: Location) -> None:
        self._driver = open_async_driver(at)
        self._database = at.database

    async def close(self) -> None:
        await self._driver.close()

    def asking(self, file: str, question: Question, within_s: float) -> Ask:
        """How a run asks it: about the members of request `n`."""
        text = (FOLDER / f"{file}.cypher").read_text(encoding="utf-8")
        statement = neo4j.Query(text, timeout=within_s)
        parameters = _parameters(question.name)

        async def ask(number: int, client: int) -> str:
            about = parameters(question.requests[number % len(question.requests)])
            try:
                async with asyncio.timeout(within_s + GRACE_S), self._session() as session:
                    result = await session.run(statement, {"realm": REALM, "ask": about})
                    async for _ in result:
                        pass
            except TimeoutError:
                return TIMED_OUT
            except driver_errors.Neo4jError as error:
                return TIMED_OUT if "TransactionTimedOut" in (error.code or "") else str(error.code)
            return WHOLE

        return ask

    def _session(self) -> neo4j.AsyncSession:
        return self._driver.session(database=self._database, default_access_mode=neo4j.READ_ACCESS)


def _parameters(question: str) -> Callable[[Any], dict[str, str]]:
    if question == CHAINS:
        return lambda request: {"from_id": request.from_id, "to_id": request.to_id}
    return lambda request: {"sender_id": request.sender_id}
