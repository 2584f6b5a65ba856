"""A TCP relay that a test may cut, as a network does: the connections break, and nothing listens until it is mended."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

CHUNK = 65536


@dataclass
class Relay:
    """Passes on what comes to `port` of loopback to another port there, until it is cut."""

    port: int
    to_port: int
    _listener: socket.socket | None = None
    _open: list[socket.socket] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def mend(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", self.port))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def cut(self) -> None:
        with self._lock:
            ends, self._open = [*self._open, self._listener], []
            self._listener = None
        for end in ends:
            if end:
                _end(end)

    def _accept(self, listener: socket.socket) -> None:
        with suppress(OSError):  # the listener was closed
            while True:
                near, _ = listener.accept()
                far = socket.create_connection(("127.0.0.1", self.to_port))
                with self._lock:
                    self._open += [near, far]
                    is_cut = self._listener is not listener
                if is_cut:
                    self.cut()
                    return
                for source, sink in ((near, far), (far, near)):
                    threading.Thread(target=_pass_on, args=(source, sink), daemon=True).start()


def _pass_on(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while some := source.recv(CHUNK):
            sink.sendall(some)
    _end(source)
    _end(sink)


def _end(end: socket.socket) -> None:
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()


@contextmanager
def relay_to(port: int) -> Iterator[Relay]:
    relay = Relay(0, port)
    relay.mend()
    try:
        yield relay
    finally:
        relay.cut()
