"""While the whole graph is gone nothing is asked; when it is back each query is asked once, and used as it answers."""

from __future__ import annotations

import asyncio

import pytest

from sixhop.errors import Unavailable
from sixhop.graph import absence as subject
from sixhop.graph.absence import Absence
from sixhop.graph.breaker import Breakers


class Server:
    """A server that is there or not, and what it was asked."""

    def __init__(self) -> None:
        self.is_there = True
        self.checks = 0
        self.asked: list[str] = []

    async def check(self) -> None:
        self.checks += 1
        if not self.is_there:
            raise Unavailable("gone")

    async def ask(self, query: str) -> None:
        await self.check()
        await asyncio.sleep(0)
        self.asked.append(query)


async def until(what: object) -> None:
    async with asyncio.timeout(5):
        while not what():  # type: ignore[operator]  # noqa: ASYNC110
            await asyncio.sleep(0.005)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Server:
    monkeypatch.setattr(subject, "LOOK_EVERY_S", 0.01)
    return Server()


def asked(server: Server, *queries: str) -> Breakers:
    breakers = Breakers()
    for query in queries:
        breakers.asked(query, lambda _, query=query: server.ask(query), length=len(query))  # type: ignore[misc]
    return breakers


async def test_one_broken_connection_is_not_the_whole_graph(server: Server) -> None:
    breakers = asked(server, "a")
    absence = Absence(breakers, server.check)
    absence.suspect()
    await until(lambda: server.checks == 1)
    await asyncio.sleep(0.05)
    assert (absence.is_away, breakers.open_names, server.checks, server.asked) == (False, (), 1, [])
    await absence.close()


async def test_gone_nothing_is_asked_and_back_each_query_is_asked_once_and_the_shortest_first(server: Server) -> None:
    breakers = asked(server, "six degrees", "gate", "old", "clock")
    breakers.of("old").asked_at -= 3600
    breakers.of("never asked")
    absence = Absence(breakers, server.check)
    server.is_there = False
    for _ in range(3):
        absence.suspect()
    await until(lambda: absence.is_away)
    assert breakers.open_names == ("clock", "gate", "old", "six degrees")
    await asyncio.sleep(0.05)
    assert server.asked == []
    server.is_there = True
    await until(lambda: not absence.is_away)
    assert server.asked[:3] == ["gate", "clock", "six degrees"]
    await until(lambda: breakers.open_names == ())
    assert server.asked == ["gate", "clock", "six degrees", "old"]
    await absence.close()


async def test_a_query_that_still_breaks_is_tried_by_itself_and_keeps_nobody_else(server: Server) -> None:
    breakers = asked(server, "good")
    broken = True

    async def breaks(_: float) -> None:
        if broken:
            raise Unavailable("still cold")

    breakers.asked("bad", breaks)
    absence = Absence(breakers, server.check)
    server.is_there = False
    absence.suspect()
    await until(lambda: absence.is_away)
    server.is_there = True
    await until(lambda: not absence.is_away)
    assert breakers.open_names == ("bad",)
    broken = False
    await until(lambda: breakers.open_names == ())
    await absence.close()
    await breakers.close()
