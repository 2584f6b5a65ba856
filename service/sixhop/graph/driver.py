"""Where a realm's graph is, and drivers to it. The only place that maps a realm to a server and database."""

from __future__ import annotations

from dataclasses import dataclass, field

import neo4j

from sixhop import __version__


@dataclass(frozen=True, slots=True)
class Location:
    """One Neo4j server and database, with the credentials to it."""

    uri: str
    user: str
    password: str = field(repr=False)
    database: str = "neo4j"
    pool_size: int = 32
    connect_timeout_s: float = 5.0


def locate(realm: str, default: Location) -> Location:
    """The location of `realm`. All realms live in one place today; a realm that moves is looked up here."""
    del realm
    return default


def _options(at: Location) -> dict[str, object]:
    return {
        "auth": (at.user, at.password),
        "max_connection_pool_size": at.pool_size,
        "connection_acquisition_timeout": at.connect_timeout_s,
        "connection_timeout": at.connect_timeout_s,
        "max_transaction_retry_time": 30.0,
        "notifications_min_severity": "OFF",
        "user_agent": f"sixhop/{__version__}",
        "keep_alive": True,
    }


def open_driver(at: Location) -> neo4j.Driver:
    return neo4j.GraphDatabase.driver(at.uri, **_options(at))  # type: ignore[arg-type]


def open_async_driver(at: Location) -> neo4j.AsyncDriver:
    return neo4j.AsyncGraphDatabase.driver(at.uri, **_options(at))  # type: ignore[arg-type]
