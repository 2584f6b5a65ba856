"""The local server's `neo4j.conf`, written anew at every start. Knows nothing of processes."""

from __future__ import annotations

import secrets
import socket
from pathlib import Path

from sixhop.errors import Misconfigured
from sixhop.neo4j_local.memory import Sizes

HOST = "127.0.0.1"
_FIRST_PORT, _LAST_PORT = 17_000, 32_000
"""Below the ports that systems hand out to outgoing connections, so that a port found free stays free."""
_ATTEMPTS = 100

_TEMPLATE = """\
# Written by `sixhop neo4j up` at every start: changes made here are lost. Sizes: SIXHOP_NEO4J_HEAP_MB and
# SIXHOP_NEO4J_PAGE_CACHE_MB.
server.default_listen_address={host}
server.bolt.listen_address={host}:{port}
server.http.enabled=false
server.https.enabled=false
server.memory.heap.initial_size={heap_mb}m
server.memory.heap.max_size={heap_mb}m
server.memory.pagecache.size={page_cache_mb}m
dbms.security.auth_enabled=true
dbms.security.allow_csv_import_from_file_urls=false
dbms.usage_report.enabled=false
# Time limits of a query fire within this interval; the default of 2 s would make limits of 60 ms fire after 1.6 s.
db.transaction.monitor.check.interval=20ms
# Without these a stop waits twice 5 s for connections that are already closed (11 s; with them 1 s).
internal.dbms.bolt.netty_server_shutdown_quiet_period=0
internal.dbms.bolt.netty_server_shutdown_timeout=1
# Members have some sixty relationships of eight types, and a query wants one type: above so many they are kept by type.
# By default (50) most members' are one chain, and whoever wants ten experiences reads sixty records.
db.relationship_grouping_threshold=10
"""


def write(folder: Path, *, port: int, memory: Sizes) -> Path:
    """Write `conf/neo4j.conf` below the server's folder and return the `conf` folder."""
    conf = folder / "conf"
    conf.mkdir(parents=True, exist_ok=True)
    text = _TEMPLATE.format(host=HOST, port=port, heap_mb=memory.heap_mb, page_cache_mb=memory.page_cache_mb)
    (conf / "neo4j.conf").write_text(text, encoding="utf-8")
    return conf


def choose_port(folder: Path) -> int:
    """The port of the last start if it is still free, else another free one, which is kept for the next start.

    Raises:
        Misconfigured: no free port was found.
    """
    kept = folder / "port"
    last = kept.read_text(encoding="ascii").strip() if kept.exists() else ""
    if last.isdigit() and is_free(int(last)):
        return int(last)
    for _ in range(_ATTEMPTS):
        port = _FIRST_PORT + secrets.randbelow(_LAST_PORT - _FIRST_PORT)
        if is_free(port):
            kept.write_text(f"{port}\n", encoding="ascii")
            return port
    raise Misconfigured(f"no free port between {_FIRST_PORT} and {_LAST_PORT} on {HOST}; end what holds them")


def is_free(port: int) -> bool:
    """Whether a server may listen on `port` of the loopback address now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the server does: ignores TIME_WAIT
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
        return True
