"""The synchronous and the asynchronous client: they send and receive; what can be asked stands in `calls`."""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable, Iterable, Iterator, Sequence
from functools import wraps
from typing import Any, Concatenate, ParamSpec, Self, TypeVar

import grpc
from google.longrunning import operations_pb2_grpc

from sixhop._gen.sixhop.v1 import (
    event_pb2,
    graph_pb2,
    graph_pb2_grpc,
    member_pb2_grpc,
    model_pb2_grpc,
    recommendation_pb2_grpc,
)
from sixhop.client import calls, model_calls
from sixhop.client.calls import Call
from sixhop.client.channel import options
from sixhop.client.credentials import Credentials
from sixhop.client.errors import error_of
from sixhop.client.freshness import Freshness
from sixhop.client.results import RecordedResult, recorded_result

P = ParamSpec("P")
R = TypeVar("R")
M = TypeVar("M", bound=Callable[..., Any])
LOCAL = "127.0.0.1:50051"


class _Base:
    """What both have in common: where they ask, for how long, and what they last wrote."""

    def __init__(
        self, address: str, timeout_s: float | None, credentials: Credentials | None, *, reads_own_writes: bool
    ) -> None:
        self._address = address
        self._timeout_s = timeout_s
        self._credentials = credentials or Credentials()
        self._freshness = Freshness() if reads_own_writes else None
        self._stubs: dict[str, Any] = {}

    def _connect(self, channel: Any) -> None:
        self._stubs = {
            calls.RECOMMENDATIONS: recommendation_pb2_grpc.RecommendationServiceStub(channel),  # type: ignore[no-untyped-call]
            calls.GRAPH: graph_pb2_grpc.GraphServiceStub(channel),  # type: ignore[no-untyped-call]
            calls.MEMBERS: member_pb2_grpc.MemberServiceStub(channel),  # type: ignore[no-untyped-call]
            calls.MODELS: model_pb2_grpc.ModelServiceStub(channel),  # type: ignore[no-untyped-call]
            calls.OPERATIONS: operations_pb2_grpc.OperationsStub(channel),
        }

    def _begin(self, call: Call[R]) -> Any:
        """Send it; what comes back is the answer, or what it is awaited from."""
        if self._freshness:
            self._freshness.give(call.request)
        return getattr(self._stubs[call.service], call.method)(
            call.request,
            timeout=call.within_s and (self._timeout_s or call.within_s),
            metadata=self._credentials.metadata(),
        )

    def _read(self, read: Callable[[Any], R], answer: Any) -> R:
        if self._freshness:
            self._freshness.take(answer)
        return read(answer)


def _signed(method: M, prepare: Callable[..., Call[Any]]) -> M:
    """The method, showing in `help` what it takes and gives rather than how it is made."""
    signature = inspect.signature(prepare, eval_str=False)
    itself = inspect.Parameter("self", inspect.Parameter.POSITIONAL_ONLY)
    gives = str(signature.return_annotation).removeprefix("Call[").removesuffix("]")
    method.__signature__ = signature.replace(  # type: ignore[attr-defined]
        parameters=[itself, *signature.parameters.values()], return_annotation=gives
    )
    return method


def _asks(prepare: Callable[P, Call[R]]) -> Callable[Concatenate[Client, P], R]:
    """The method of `Client` that makes this call."""

    @wraps(prepare)
    def ask(self: Client, /, *args: P.args, **kwargs: P.kwargs) -> R:
        return self._ask(prepare(*args, **kwargs))

    return _signed(ask, prepare)


def _asks_async(prepare: Callable[P, Call[R]]) -> Callable[Concatenate[AsyncClient, P], Awaitable[R]]:
    """The method of `AsyncClient` that makes this call."""

    @wraps(prepare)
    async def ask(self: AsyncClient, /, *args: P.args, **kwargs: P.kwargs) -> R:
        return await self._ask(prepare(*args, **kwargs))

    return _signed(ask, prepare)


def _watches(prepare: Callable[P, Call[R]]) -> Callable[Concatenate[Client, P], Iterator[R]]:
    """The method of `Client` that makes this call, which is answered by a stream."""

    @wraps(prepare)
    def watch(self: Client, /, *args: P.args, **kwargs: P.kwargs) -> Iterator[R]:
        return self._watch(prepare(*args, **kwargs))

    return _signed(watch, prepare)


def _watches_async(prepare: Callable[P, Call[R]]) -> Callable[Concatenate[AsyncClient, P], AsyncIterator[R]]:
    """The method of `AsyncClient` that makes this call, which is answered by a stream."""

    @wraps(prepare)
    def watch(self: AsyncClient, /, *args: P.args, **kwargs: P.kwargs) -> AsyncIterator[R]:
        return self._watch(prepare(*args, **kwargs))

    return _signed(watch, prepare)


class Client(_Base):
    """Asks one service, or several replicas of it; use it as a context manager, from as many threads as you like.

    Args:
        address: host:port of `sixhop serve`. Replicas as gRPC names them, for example `dns:///sixhop.internal:50051` or
            `ipv4:10.0.0.1:50051,10.0.0.2:50051`: those that are ready are asked in turn.
        timeout_s: Deadline of every call; the service's own defaults (0.2 s, 0.5 s for chains and next hops, 1 s for
            degrees, more for models) when not given.
        credentials: A token, TLS, or both; without them only a service on this machine answers.
        reads_own_writes: Whether reads see what this client wrote before, which may make them wait for it.

    Raises:
        Misconfigured: the credentials cannot be used, or would be sent in the clear.
    """

    def __init__(
        self,
        address: str = LOCAL,
        *,
        timeout_s: float | None = None,
        credentials: Credentials | None = None,
        reads_own_writes: bool = True,
    ) -> None:
        super().__init__(address, timeout_s, credentials, reads_own_writes=reads_own_writes)
        tls = self._credentials.channel_credentials(address)
        if tls is None:
            self._channel = grpc.insecure_channel(address, options=options(address))
        else:
            self._channel = grpc.secure_channel(address, tls, options=options(address))
        self._connect(self._channel)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._channel.close()

    recommend_targets = _asks(calls.recommend_targets)
    recommend_referrers = _asks(calls.recommend_referrers)
    find_chains = _asks(calls.find_chains)
    next_hop = _asks(calls.next_hop)
    get_degrees = _asks(calls.get_degrees)
    record_events = _asks(calls.record_events)
    list_voices = _asks(calls.list_voices)
    watch_voices = _watches(calls.watch_voices)
    erase_member = _asks(calls.erase_member)
    export_member = _watches(calls.export_member)
    list_models = _asks(model_calls.list_models)
    get_model = _asks(model_calls.get_model)
    promote_model = _asks(model_calls.promote_model)
    rollback_model = _asks(model_calls.rollback_model)
    retrain = _asks(model_calls.retrain)
    get_operation = _asks(model_calls.get_operation)
    list_operations = _asks(model_calls.list_operations)
    wait_operation = _asks(model_calls.wait_operation)
    cancel_operation = _asks(model_calls.cancel_operation)

    def stream_events(self, parcels: Iterable[Sequence[event_pb2.Event]]) -> Iterator[RecordedResult]:
        """Tell what happens, as it happens: parcels of at most 1,000 events, each acknowledged in order.

        The service holds up a sender that is faster than it. When a stream breaks (`Unavailable`), tell what was not
        acknowledged again on a new one: nothing is applied twice.

        Raises:
            SixhopError: with the service's reason.
        """
        requests = (graph_pb2.StreamEventsRequest(events=parcel) for parcel in parcels)
        try:
            for answer in self._stubs[calls.GRAPH].StreamEvents(requests, metadata=self._credentials.metadata()):
                yield self._read(recorded_result, answer)
        except grpc.RpcError as error:
            raise error_of(error, self._address) from error

    def _watch(self, call: Call[R]) -> Iterator[R]:
        try:
            for answer in self._begin(call):
                yield self._read(call.read, answer)
        except grpc.RpcError as error:
            raise error_of(error, self._address) from error

    def _ask(self, call: Call[R]) -> R:
        try:
            answer = self._begin(call)
        except grpc.RpcError as error:
            raise error_of(error, self._address) from error
        return self._read(call.read, answer)


class AsyncClient(_Base):
    """The same for asyncio: `async with AsyncClient(…) as client`, `await client.recommend_targets(…)`.

    Takes the arguments of `Client`; made and used in one event loop. A call whose task is cancelled is given up by the
    service too.
    """

    def __init__(
        self,
        address: str = LOCAL,
        *,
        timeout_s: float | None = None,
        credentials: Credentials | None = None,
        reads_own_writes: bool = True,
    ) -> None:
        super().__init__(address, timeout_s, credentials, reads_own_writes=reads_own_writes)
        tls = self._credentials.channel_credentials(address)
        if tls is None:
            self._channel = grpc.aio.insecure_channel(address, options=options(address))
        else:
            self._channel = grpc.aio.secure_channel(address, tls, options=options(address))
        self._connect(self._channel)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        await self._channel.close()

    recommend_targets = _asks_async(calls.recommend_targets)
    recommend_referrers = _asks_async(calls.recommend_referrers)
    find_chains = _asks_async(calls.find_chains)
    next_hop = _asks_async(calls.next_hop)
    get_degrees = _asks_async(calls.get_degrees)
    record_events = _asks_async(calls.record_events)
    list_voices = _asks_async(calls.list_voices)
    watch_voices = _watches_async(calls.watch_voices)
    erase_member = _asks_async(calls.erase_member)
    export_member = _watches_async(calls.export_member)
    list_models = _asks_async(model_calls.list_models)
    get_model = _asks_async(model_calls.get_model)
    promote_model = _asks_async(model_calls.promote_model)
    rollback_model = _asks_async(model_calls.rollback_model)
    retrain = _asks_async(model_calls.retrain)
    get_operation = _asks_async(model_calls.get_operation)
    list_operations = _asks_async(model_calls.list_operations)
    wait_operation = _asks_async(model_calls.wait_operation)
    cancel_operation = _asks_async(model_calls.cancel_operation)

    async def stream_events(self, parcels: AsyncIterable[Sequence[event_pb2.Event]]) -> AsyncIterator[RecordedResult]:
        """As `Client.stream_events`."""

        async def requests() -> AsyncIterator[graph_pb2.StreamEventsRequest]:
            async for parcel in parcels:
                yield graph_pb2.StreamEventsRequest(events=parcel)

        try:
            async for answer in self._stubs[calls.GRAPH].StreamEvents(
                requests(), metadata=self._credentials.metadata()
            ):
                yield self._read(recorded_result, answer)
        except grpc.RpcError as error:
            raise error_of(error, self._address) from error

    async def _watch(self, call: Call[R]) -> AsyncIterator[R]:
        try:
            async for answer in self._begin(call):
                yield self._read(call.read, answer)
        except grpc.RpcError as error:
            raise error_of(error, self._address) from error

    async def _ask(self, call: Call[R]) -> R:
        try:
            answer = await self._begin(call)
        except grpc.RpcError as error:
            raise error_of(error, self._address) from error
        return self._read(call.read, answer)
