"""The log is lines that programs and people read; what an error says of ids never gets in."""

from __future__ import annotations

import asyncio
import io
import json
import logging
from collections.abc import Iterator

import pytest

from sixhop.telemetry.logs import quietly, set_up_logs
from sixhop.telemetry.metrics import Metrics
from sixhop.telemetry.watch import WATCH
from sixhop.telemetry.watching import Watching

MEMBER = f"m{1234}"
TRACE = "0af7651916cd43dd8448eb211c80319c"
log = logging.getLogger("sixhop.tests")


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    root, ours = logging.getLogger(), logging.getLogger("sixhop")
    before = (list(root.handlers), root.level, ours.level)
    yield
    root.handlers[:], level, ours_level = before
    root.setLevel(level)
    ours.setLevel(ours_level)


def lines(as_json: bool, level: str = "INFO") -> io.StringIO:
    written = io.StringIO()
    set_up_logs(as_json=as_json, level=level, to=written)
    return written


def fail() -> None:
    try:
        raise KeyError(MEMBER)
    except KeyError as error:
        raise ValueError(f"about {MEMBER}") from error


def test_a_line_of_json_has_the_requests_ids_and_how_it_ended() -> None:
    written = lines(as_json=True)
    watching = Watching(Metrics(methods=["S/M"], codes=["OK"], queries=[]))
    token = WATCH.set(watching.begin("/S/M", "r1", {"traceparent": f"00-{TRACE}-b7ad6b7169203331-01"}))
    try:
        log.warning("something is late")
        WATCH.get().end("OK")  # type: ignore[attr-defined]
    finally:
        WATCH.reset(token)
    late, ended = map(json.loads, written.getvalue().splitlines())
    assert late["message"] == "something is late"
    assert (late["level"], late["logger"]) == ("WARNING", "sixhop.tests")
    assert {late["request_id"], ended["request_id"]} == {"r1"}
    assert {late["trace_id"], ended["trace_id"]} == {TRACE}
    assert (ended["method"], ended["code"]) == ("S/M", "OK")
    assert ended["elapsed_ms"] >= 0
    assert "reason" not in ended


@pytest.mark.parametrize("as_json", [True, False])
@pytest.mark.parametrize("logger", ["sixhop.tests", "grpc._cython.cygrpc"])
def test_of_an_error_only_types_and_places_are_written(as_json: bool, logger: str) -> None:
    written = lines(as_json=as_json)
    try:
        fail()
    except ValueError:
        logging.getLogger(logger).exception("unforeseen")
    text = written.getvalue()
    assert "m1234" not in text
    assert "builtins.ValueError" in text
    assert "builtins.KeyError" in text
    assert "in fail" in text


async def test_an_error_that_nobody_took_is_written_alike() -> None:
    written = lines(as_json=True)
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(quietly)

    async def break_down() -> None:
        fail()

    task = asyncio.create_task(break_down())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    del task
    line = json.loads(written.getvalue())
    assert "builtins.ValueError" in line["error"]
    assert "m1234" not in written.getvalue()


def test_other_libraries_are_heard_from_warnings_on_only() -> None:
    written = lines(as_json=False, level="DEBUG")
    logging.getLogger("neo4j.io").debug("RUN with parameters m1234")
    log.debug("mine")
    assert written.getvalue().rstrip().endswith("DEBUG sixhop.tests: mine")
    assert "m1234" not in written.getvalue()
