"""Runs catalogued queries: one way to prepare a call, two thin fronts (synchronous for batch, asynchronous to serve).

Every call carries a server-side timeout and, in every query, the realm; driver errors become `sixhop.errors`.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from copy import copy
from dataclasses import dataclass
from itertools import count
from types import TracebackType
from typing import Any, Self, TypeVar

import neo4j
from neo4j import exceptions as driver_errors

from sixhop.errors import InvalidInput, Misconfigured, Reason, SixhopError, Unavailable
from sixhop.graph.absence import Absence
from sixhop.graph.breaker import Breakers, Trial
from sixhop.graph.catalog import Catalog, Query
from sixhop.graph.driver import Location, open_async_driver, open_driver
from sixhop.graph.plans import KEEP_PLAN, Plans
from sixhop.telemetry.watch import WATCH

Row = dict[str, Any]
T = TypeVar("T")

BOOKMARK = "FB:"
"""What bookmarks of Neo4j 5 begin with."""
GONE = (driver_errors.ServiceUnavailable, driver_errors.SessionExpired)
"""What the driver says when there is no server, or no longer."""
TELLING_S = 0.03
"""A call that was given less time than this tells nothing of the graph when it runs out of it."""
GOOD_S = 0.2
"""A query that answers within the default deadline is asked again, however little time those had who gave up on it."""
PAUSE_S = 0.01
"""About so long a transaction waits that others got in the way of; twice as long each time, never quite the same."""


class Unspoken(dict[str, Any]):
    """Parameters that are not written out: the driver does so for its log before it asks whether anybody reads that.

    Of 64 pairs it takes as long as packing them.
    """

    def __repr__(self) -> str:
        return f"<{len(self)} parameters>"


@dataclass(frozen=True, slots=True)
class Call:
    """A query ready to be sent: its text with a server-side timeout, its parameters, its access mode."""

    statement: neo4j.Query
    parameters: dict[str, Any]
    access: str


def prepare(
    query: Query, *, realm: str, parameters: dict[str, Any], timeout_s: float | None = None, options: str = ""
) -> Call:
    """Bind `parameters` and the realm to a query; the timeout is the header's, or a shorter one.

    A query that refers to `$ask` gets its parameters as one map: Neo4j makes a plan anew for each order of magnitude of
    each string's and list's length, but not of what is in a map (docs/decisions/0012-parameters-as-one-map.md).

    Args:
        options: Cypher's, before the text.
    """
    bundle = {"ask": Unspoken(parameters)} if "$ask." in query.statement else parameters
    bound = query.timeout_s if timeout_s is None else min(timeout_s, query.timeout_s)
    access = neo4j.WRITE_ACCESS if query.writes else neo4j.READ_ACCESS
    metadata = {"query": query.name, **WATCH.get().tags}
    statement = neo4j.Query(options + query.statement, metadata=metadata, timeout=max(bound, 0.001))
    return Call(statement, {"realm": realm, **bundle}, access)


class Graph:
    """The synchronous front, for commands and batch jobs: one realm of one graph."""

    def __init__(self, at: Location, catalog: Catalog, realm: str) -> None:
        self.catalog = catalog
        self.realm = realm
        self.at = at
        self._driver = open_driver(at)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._driver.close()

    @property
    def driver(self) -> neo4j.Driver:
        """For `graph/` itself (migrations, facts about the server)."""
        return self._driver

    def check(self) -> None:
        """Raise `Unavailable` unless the server answers."""
        with _translated(self.at.uri):
            self._driver.verify_connectivity()

    def rows(self, query: str | Query, /, *, timeout_s: float | None = None, **parameters: Any) -> list[Row]:
        """Run one query, given by name or assembled, and return all its rows (at most the header's `max_rows`)."""
        return list(self.stream(query, timeout_s=timeout_s, **parameters))

    def stream(self, query: str | Query, /, *, timeout_s: float | None = None, **parameters: Any) -> Iterator[Row]:
        """Run one query and yield its rows; those of a reading query as they come."""
        chosen = self.catalog[query] if isinstance(query, str) else query
        call = prepare(chosen, realm=self.realm, parameters=parameters, timeout_s=timeout_s)
        with _translated(chosen.name), self._session(call.access) as session:
            if call.access == neo4j.WRITE_ACCESS:
                work = neo4j.unit_of_work(metadata=call.statement.metadata, timeout=call.statement.timeout)(_run_all)
                yield from session.execute_write(work, call)
            else:
                for record in session.run(call.statement, call.parameters):
                    yield dict(record)

    def write(self, name: str, /, **parameters: Any) -> Row:
        """Run one writing query in a transaction that is retried on transient errors; its single row, or {}."""
        rows = self.rows(name, **parameters)
        return rows[0] if rows else {}

    def transact(self, work: Callable[[Transaction], T], /, *, what: str, timeout_s: float) -> T:
        """Run `work` in one writing transaction; on a transient error it is undone and run again as a whole.

        Args:
            work: runs queries on the transaction it is given; may be called more than once.
            what: what this is, for messages.
            timeout_s: of the whole transaction, on the server.
        """
        bounded = neo4j.unit_of_work(metadata={"query": what}, timeout=timeout_s)(
            lambda tx: work(Transaction(tx, self.catalog, self.realm))
        )
        with _translated(what), self._session(neo4j.WRITE_ACCESS) as session:
            return session.execute_write(bounded)

    def _session(self, access: str) -> neo4j.Session:
        return self._driver.session(database=self.at.database, default_access_mode=access)


@dataclass(frozen=True, slots=True)
class Transaction:
    """Several queries on one realm that hold or fail together."""

    tx: neo4j.ManagedTransaction
    catalog: Catalog
    realm: str

    def rows(self, name: str, /, **parameters: Any) -> list[Row]:
        return _run_all(self.tx, prepare(self.catalog[name], realm=self.realm, parameters=parameters))


def _run_all(tx: neo4j.ManagedTransaction, call: Call) -> list[Row]:
    return [dict(record) for record in tx.run(call.statement.text, call.parameters)]


class AsyncGraph:
    """The asynchronous front, for serving: one realm of one graph, one auto-commit statement a call."""

    def __init__(self, at: Location, catalog: Catalog, realm: str) -> None:
        self.catalog = catalog
        self.realm = realm
        self.at = at
        self.breakers = Breakers()
        self._absence = Absence(self.breakers, self._connect)
        self._plans = Plans(self.breakers)
        self._bookmarks: tuple[str, ...] = ()
        self._driver = open_async_driver(at)

    async def __aenter__(self) -> Self:
        self._plans.keep_current()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._plans.close()
        await self._absence.close()
        await self.breakers.close()
        await self._driver.close()

    def after(self, freshness_token: str | None) -> Self:
        """This graph, its reads seeing the write that returned `freshness_token` (a Neo4j bookmark).

        Raises:
            InvalidInput: it is none.
        """
        if freshness_token is None:
            return self
        if not (freshness_token.startswith(BOOKMARK) and freshness_token.isascii()):
            raise _unreadable_token()  # at some of these Neo4j fails as if the fault were its own
        later = copy(self)
        later._bookmarks = (freshness_token,)
        return later

    async def check(self) -> None:
        """Raise `Unavailable` unless the server answers and its queries were asked since it came back."""
        if self._absence.is_away:
            raise Unavailable(f"{self.at.uri} is away, or back but still cold")
        await self._connect()

    async def _connect(self) -> None:
        async with _translated_async(self.at.uri):
            await self._driver.verify_connectivity()

    async def rows(self, query: str | Query, /, *, timeout_s: float | None = None, **parameters: Any) -> list[Row]:
        """Run one reading query, given by name or assembled, and return its rows.

        Raises:
            Unavailable: it did not answer, or its breaker is open.
            SixhopError: it could not be run.
        """
        chosen = self.catalog[query] if isinstance(query, str) else query
        breaker = self.breakers.asked(chosen.name, self._trial(chosen, parameters), length=len(chosen.text))
        if breaker.is_open:
            raise Unavailable(f"{chosen.name} does not answer; it is tried again soon")
        started = time.monotonic()
        try:
            with WATCH.get().query(chosen.name) as run:
                rows = await self._run(chosen, parameters, timeout_s, options=KEEP_PLAN)
                run.rows = len(rows)
        except asyncio.CancelledError:
            if timeout_s is not None and time.monotonic() - started >= timeout_s:
                self._failed(chosen, parameters, timeout_s)
            raise
        except Unavailable as error:
            if isinstance(error.__cause__, GONE):
                self._absence.suspect()
            self._failed(chosen, parameters, timeout_s)
            raise
        breaker.succeeded()
        return rows

    def _failed(self, chosen: Query, parameters: dict[str, Any], timeout_s: float | None) -> None:
        needed_s = chosen.timeout_s if timeout_s is None else timeout_s
        if needed_s >= TELLING_S:
            self.breakers.failed(chosen.name, self._trial(chosen, parameters), needed_s=max(needed_s, GOOD_S))

    def _trial(self, chosen: Query, parameters: dict[str, Any]) -> Trial:
        """Asks once more, waiting for no write: a freshness token that leads nowhere is its caller's trouble alone."""
        return lambda within_s: self._run(chosen, parameters, within_s, bookmarks=())

    async def transact(
        self, work: Callable[[AsyncTransaction], Awaitable[T]], /, *, what: str, timeout_s: float
    ) -> tuple[T, str]:
        """Run `work` in one writing transaction, and commit it; what it returned, and the freshness token.

        Where others wrote the same at the same time, all is undone and run again a moment later, while there is time.

        Args:
            work: runs queries on the transaction it is given; may be called more than once.
            what: what this is, for messages.
            timeout_s: for all of it.

        Raises:
            Unavailable: the graph does not answer, there was not time enough, or others always came first. Nothing was
                written, unless the connection broke while the graph was committing.
            SixhopError: it could not be run; nothing was written.
        """
        deadline = time.monotonic() + timeout_s
        for attempt in count():
            try:
                with WATCH.get().stage(what):
                    async with asyncio.timeout(deadline - time.monotonic()):
                        return await self._transact_once(work, what, deadline - time.monotonic())
            except TimeoutError as error:
                raise Unavailable(f"{what} ran out of its time", reason=Reason.GRAPH_TIMEOUT) from error
            except WrittenMeanwhile as error:
                pause_s = PAUSE_S * 2 ** min(attempt, 5) * (0.5 + random.random())
                if time.monotonic() + pause_s >= deadline:
                    raise Unavailable(
                        f"{what}: others wrote the same all the time", reason=Reason.WRITE_CONFLICT
                    ) from error
                await asyncio.sleep(pause_s)
        raise AssertionError("counts without end")

    async def _transact_once(
        self, work: Callable[[AsyncTransaction], Awaitable[T]], what: str, timeout_s: float
    ) -> tuple[T, str]:
        metadata = {"query": what, **WATCH.get().tags}
        async with self._session(neo4j.WRITE_ACCESS) as session:
            try:
                async with await session.begin_transaction(metadata=metadata, timeout=max(timeout_s, 0.001)) as tx:
                    result = await work(AsyncTransaction(tx, self.catalog, self.realm))
                    await tx.commit()
            except driver_errors.Neo4jError as error:
                if error.is_retryable() or "ConstraintValidationFailed" in (error.code or ""):
                    raise WrittenMeanwhile from error
                raise translate(error, what) from error
            except driver_errors.DriverError as error:
                raise translate(error, what) from error
            token = max((await session.last_bookmarks()).raw_values, default="")
        return result, token

    def _session(self, access: str, bookmarks: Sequence[str] | None = None) -> neo4j.AsyncSession:
        return self._driver.session(
            database=self.at.database,
            default_access_mode=access,
            bookmarks=neo4j.Bookmarks.from_raw_values(self._bookmarks if bookmarks is None else bookmarks),
        )

    async def _run(
        self,
        chosen: Query,
        parameters: dict[str, Any],
        timeout_s: float | None,
        *,
        options: str = "",
        bookmarks: Sequence[str] | None = None,
    ) -> list[Row]:
        call = prepare(chosen, realm=self.realm, parameters=parameters, timeout_s=timeout_s, options=options)
        async with _translated_async(chosen.name), self._session(call.access, bookmarks) as session:
            result = await session.run(call.statement, call.parameters)
            return [dict(record) async for record in result]


class WrittenMeanwhile(Exception):
    """Others wrote the same at the same time, and were first: all of this is to be done again."""


@dataclass(frozen=True, slots=True)
class AsyncTransaction:
    """Several queries on one realm that hold or fail together, asynchronously."""

    tx: neo4j.AsyncTransaction
    catalog: Catalog
    realm: str

    async def rows(self, name: str, /, **parameters: Any) -> list[Row]:
        call = prepare(self.catalog[name], realm=self.realm, parameters=parameters)
        with WATCH.get().query(name) as run:
            rows = [dict(record) async for record in await self.tx.run(call.statement.text, call.parameters)]
            run.rows = len(rows)
        return rows

    async def row(self, name: str, /, **parameters: Any) -> Row:
        """The single row of a query that returns one."""
        [row] = await self.rows(name, **parameters)
        return row


@contextmanager
def _translated(what: str) -> Iterator[None]:
    try:
        yield
    except (driver_errors.DriverError, driver_errors.Neo4jError) as error:
        raise translate(error, what) from error


@asynccontextmanager
async def _translated_async(what: str) -> AsyncIterator[None]:
    try:
        yield
    except (driver_errors.DriverError, driver_errors.Neo4jError) as error:
        raise translate(error, what) from error


def translate(error: Exception, what: str) -> SixhopError:
    """A driver error as one of ours. The text never carries Cypher or parameters."""
    if isinstance(error, driver_errors.AuthError):
        return Misconfigured(f"Neo4j refused the credentials for {what}; check SIXHOP_NEO4J_USER and its password")
    code = getattr(error, "code", "") or ""
    if "InvalidBookmark" in code:
        return _unreadable_token()
    if "TransactionTimedOut" in code or "Terminated" in code:
        return Unavailable(f"{what} ran out of its time in Neo4j", reason=Reason.GRAPH_TIMEOUT)
    if isinstance(error, driver_errors.DriverError) or code.startswith("Neo.TransientError"):
        return Unavailable(f"Neo4j did not answer ({what}); see `sixhop neo4j status` and `sixhop doctor`")
    return SixhopError(f"Neo4j could not run {what} ({code or type(error).__name__}); see `sixhop doctor`")


def _unreadable_token() -> InvalidInput:
    violation = ("freshness_token", "is not one that a write of this graph returned")
    return InvalidInput("the freshness token cannot be read; send one as a write returned it", violations=(violation,))
