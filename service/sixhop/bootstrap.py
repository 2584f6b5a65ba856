"""The composition root: builds each program's parts from settings. Everything else is handed what it needs."""

from __future__ import annotations

from sixhop.errors import Misconfigured, Unavailable
from sixhop.graph.catalog import Catalog, find_cypher_dir
from sixhop.graph.driver import Location, locate
from sixhop.graph.executor import AsyncGraph, Graph
from sixhop.neo4j_local.state import read_state
from sixhop.settings import Settings


def graph_location(settings: Settings) -> Location:
    """The given server (`SIXHOP_NEO4J_URI`), else the local one. Raises `Unavailable` when there is neither."""
    uri, user, password = settings.neo4j_uri, settings.neo4j_user, _password(settings)
    if uri is None:
        local = read_state(settings.home)
        if local is None:
            raise Unavailable("no Neo4j is known; set SIXHOP_NEO4J_URI, or start a local server with `sixhop neo4j up`")
        uri, user, password = local.uri, local.user, local.password
    if password is None:
        raise Misconfigured("SIXHOP_NEO4J_URI needs SIXHOP_NEO4J_PASSWORD_FILE (mode 0600) or SIXHOP_NEO4J_PASSWORD")
    return Location(
        uri=uri,
        user=user,
        password=password,
        database=settings.neo4j_database,
        pool_size=settings.neo4j_pool_size,
        connect_timeout_s=settings.neo4j_connect_timeout_s,
    )


def _password(settings: Settings) -> str | None:
    if settings.neo4j_password is not None:
        return settings.neo4j_password.get_secret_value()
    if settings.neo4j_password_file is None:
        return None
    try:
        return settings.neo4j_password_file.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise Misconfigured(f"SIXHOP_NEO4J_PASSWORD_FILE cannot be read: {error}") from error


def open_catalog(settings: Settings) -> Catalog:
    return Catalog(find_cypher_dir(settings.cypher_dir))


def open_graph(settings: Settings, realm: str | None = None) -> Graph:
    """The synchronous front on `realm` (default: the settings' realm)."""
    chosen = realm or settings.realm
    return Graph(locate(chosen, graph_location(settings)), open_catalog(settings), chosen)


def open_async_graph(settings: Settings, realm: str | None = None) -> AsyncGraph:
    """The asynchronous front on `realm` (default: the settings' realm)."""
    chosen = realm or settings.realm
    return AsyncGraph(locate(chosen, graph_location(settings)), open_catalog(settings), chosen)
