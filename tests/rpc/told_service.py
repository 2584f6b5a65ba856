"""A service on an empty realm of its own, and the events that tests tell it."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from serving_process import Service, environment, running

from realms import forget_realm
from sixhop._gen.sixhop.v1 import event_pb2, graph_pb2, graph_pb2_grpc
from sixhop.graph.catalog import Catalog, find_cypher_dir
from sixhop.graph.driver import Location
from sixhop.graph.executor import Graph

NOW = int(time.time())
DAY_S = 86_400


@contextmanager
def on_empty_realm(at: Location, home: Path, **settings: str) -> Iterator[Service]:
    with Graph(at, Catalog(find_cypher_dir()), f"test-{uuid.uuid4().hex[:12]}") as graph:
        try:
            with running(environment(at, graph.realm, home, **settings)) as service:
                yield service
        finally:
            forget_realm(graph)


def event(at: int = NOW - DAY_S, event_id: str = "", **what: Any) -> event_pb2.Event:
    """An event of the one kind that `what` names."""
    [(kind, fields)] = what.items()
    message = event_pb2.Event(event_id=event_id or uuid.uuid4().hex)
    message.at.seconds = at
    one = getattr(message, kind)
    one.SetInParent()
    for name, value in fields.items():
        if name in {"since", "joined_at", "available_from", "deadline"}:
            getattr(one, name).seconds = value
        elif isinstance(value, (list, tuple)):
            getattr(one, name).extend(value)
        else:
            setattr(one, name, value)
    return message


def used(member_id: str, offering_id: str = "o", **fields: Any) -> event_pb2.Event:
    kind = event_pb2.EXPERIENCE_KIND_USE
    return event(experience={"member_id": member_id, "offering_id": offering_id, "kind": kind, **fields})


def talked(from_id: str, to_id: str, **fields: Any) -> event_pb2.Event:
    return event(interaction={"from_id": from_id, "to_id": to_id, **fields})


def record(
    writer: graph_pb2_grpc.GraphServiceStub, *events: event_pb2.Event, atomic: bool = False
) -> graph_pb2.RecordEventsResponse:
    return writer.RecordEvents(graph_pb2.RecordEventsRequest(events=events, atomic=atomic), timeout=10)
