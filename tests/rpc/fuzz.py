"""Random and mutated messages for every method of every service, drawn from the protos, and what they are answered.

Half of the messages keep to the rules of their fields and speak of members that are there, so that they get far; the
others break rules, hold odd values, or are not messages any more.
"""

from __future__ import annotations

import asyncio
import random
import string
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import grpc
from google.protobuf.descriptor import Descriptor, FieldDescriptor, MethodDescriptor
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

from sixhop._gen.buf.validate import validate_pb2

IN_FLIGHT = 12
TIMEOUTS_S = (0.03, 0.3, 2.0)
MOST_MESSAGES_A_STREAM = 3
MOST_ITEMS = 6
DEEPEST = 4
ODD_TEXTS = (
    "",
    " ",
    "\0",
    "x" * 129,
    "é" * 64,
    "🦊" * 40,
    "\u202e\u2066right to left",
    "'}) DETACH DELETE n //",
    "$ask.sender_id",
    "../../etc/passwd",
    "%s%n{0}",
    "NaN",
    "FB:kcwQAAAAAAAAAAAAAAAAAAAAAAAA",
)
INTEGERS = {
    FieldDescriptor.CPPTYPE_INT32: (-(2**31), 2**31 - 1),
    FieldDescriptor.CPPTYPE_INT64: (-(2**63), 2**63 - 1),
    FieldDescriptor.CPPTYPE_UINT32: (0, 2**32 - 1),
    FieldDescriptor.CPPTYPE_UINT64: (0, 2**64 - 1),
}
ODD_FLOATS = (float("nan"), float("inf"), float("-inf"), -1.0, 0.0, 1e308, 5e-324)


class Messages:
    """Draws requests.

    Args:
        seed: Of all draws.
        known: Ids and names that mean something to the service, by field; under ""
            those of all other fields.
        unset: Fields that no proper message sets, since no value drawn means anything.
    """

    def __init__(self, seed: int, known: Mapping[str, Sequence[str]], unset: frozenset[str] = frozenset()) -> None:
        self._draw = random.Random(seed)
        self._known = known
        self._unset = unset

    def bytes_of(self, kind: Descriptor) -> bytes:
        """One request's bytes: a message of the kind, or what is left of one."""
        proper = self._draw.random() < 0.5
        data = self.message(kind, proper=proper).SerializeToString()
        return data if proper or self._draw.random() < 0.6 else self._mutated(data)

    def message(self, kind: Descriptor, *, proper: bool, depth: int = 0) -> Message:
        message = GetMessageClass(kind)()
        chosen = {self._draw.choice(each.fields).name for each in kind.oneofs if len(each.fields) > 1}
        for each in kind.fields:
            alone = each.containing_oneof is None or len(each.containing_oneof.fields) == 1
            if depth > DEEPEST or (alone and self._draw.random() < (0.3 if each.has_presence else 0.05)):
                continue
            if proper and each.name in self._unset:
                continue
            if alone or each.name in chosen:
                self._fill(message, each, proper=proper, depth=depth)
        return message

    def _fill(self, message: Message, each: FieldDescriptor, *, proper: bool, depth: int) -> None:
        rules = each.GetOptions().Extensions[validate_pb2.field]
        if not each.is_repeated:
            value = self._value(each, rules, proper=proper, depth=depth)
            if isinstance(value, Message):
                getattr(message, each.name).CopyFrom(value)
            else:
                setattr(message, each.name, value)
            return
        most = rules.repeated.max_items or MOST_ITEMS
        count = self._draw.randint(rules.repeated.min_items, min(most, MOST_ITEMS))
        if not proper and each.message_type is None and self._draw.random() < 0.1:
            count = most + 1
        values = [self._value(each, rules.repeated.items, proper=proper, depth=depth) for _ in range(count)]
        if proper and rules.repeated.unique:
            values = list(dict.fromkeys(values))
        getattr(message, each.name).extend(values)

    def _value(self, each: FieldDescriptor, rules: Any, *, proper: bool, depth: int) -> Any:
        kind = each.cpp_type
        odd = not proper and self._draw.random() < 0.4
        if kind == FieldDescriptor.CPPTYPE_MESSAGE:
            if each.message_type.full_name == "google.protobuf.Timestamp":
                return self._timestamp(each.message_type, odd=odd)
            return self.message(each.message_type, proper=proper, depth=depth + 1)
        if kind == FieldDescriptor.CPPTYPE_STRING:
            if each.type == FieldDescriptor.TYPE_BYTES:
                return self._draw.randbytes(self._draw.randrange(64))
            return self._draw.choice(ODD_TEXTS) if odd else self._text(each, rules.string.max_len or 64)
        if kind == FieldDescriptor.CPPTYPE_BOOL:
            return self._draw.random() < 0.5
        if kind == FieldDescriptor.CPPTYPE_ENUM:
            return self._draw.randint(-5, 500) if odd else self._draw.choice(each.enum_type.values).number
        if kind in INTEGERS:
            least, most = INTEGERS[kind]
            own = getattr(rules, rules.WhichOneof("type") or "int32")
            if odd:
                return self._draw.choice((least, most, max(least, -1), 0, own.gte - 1 if own.gte > least else least))
            return self._draw.randint(own.gte, own.lte if own.HasField("lte") else own.gte + 10)
        least, most = rules.double.gte, rules.double.lte if rules.double.HasField("lte") else 10.0
        return self._draw.choice(ODD_FLOATS) if odd else self._draw.uniform(least, most)

    def _timestamp(self, kind: Descriptor, *, odd: bool) -> Message:
        seconds = self._draw.choice((0, -(2**62), 2**62, 253_402_300_800)) if odd else self._draw.randrange(2 * 10**9)
        nanos = self._draw.choice((-1, 2**31 - 1)) if odd else 0
        return GetMessageClass(kind)(seconds=seconds, nanos=nanos)

    def _text(self, each: FieldDescriptor, most: int) -> str:
        if self._draw.random() < 0.9:
            known = self._known.get(each.full_name) or self._known.get(each.name) or self._known[""]
            return self._draw.choice(known)[:most]
        return "".join(self._draw.choices(string.printable, k=self._draw.randint(1, most)))

    def _mutated(self, data: bytes) -> bytes:
        changed = bytearray(data)
        for _ in range(self._draw.randint(1, 6)):
            at = self._draw.randrange(len(changed)) if changed else 0
            change = self._draw.choice(("flip", "cut", "grow", "again"))
            if change == "flip" and changed:
                changed[at] ^= 1 << self._draw.randrange(8)
            elif change == "cut":
                del changed[at : at + self._draw.randint(1, 40)]
            elif change == "grow":
                changed[at:at] = self._draw.randbytes(self._draw.randint(1, 20))
            else:
                changed += changed[at:]
        return bytes(changed)

    def pick(self, methods: Sequence[MethodDescriptor]) -> MethodDescriptor:
        return self._draw.choice(methods)

    def timeout_s(self) -> float:
        return self._draw.choice(TIMEOUTS_S)

    def stream_length(self) -> int:
        return self._draw.randint(0, MOST_MESSAGES_A_STREAM)


ENDED_WHILE_SENDING = "ended while sending"


@dataclass
class Answered:
    """How often each code came, by method; and what the first message was for each that must not come."""

    codes: Counter[tuple[str, str]] = field(default_factory=Counter)
    faults: list[tuple[str, str, bytes]] = field(default_factory=list)

    @property
    def by_code(self) -> Counter[str]:
        total: Counter[str] = Counter()
        for (_, code), count in self.codes.items():
            total[code] += count
        return total


async def fuzz(address: str, methods: Sequence[MethodDescriptor], count: int, messages: Messages) -> Answered:
    """Send `count` requests to the methods, many at once, over a few connections."""
    answered = Answered()
    left = iter(range(count))
    channels = [grpc.aio.insecure_channel(address, options=[("grpc.use_local_subchannel_pool", 1)]) for _ in range(3)]

    async def send(channel: grpc.aio.Channel) -> None:
        for _ in left:
            method = messages.pick(methods)
            streamed = messages.stream_length() if method.client_streaming else 1
            sent = [messages.bytes_of(method.input_type) for _ in range(streamed)]
            code = await _code_of(channel, method, sent, messages.timeout_s())
            answered.codes[method.name, code] += 1
            if code in ("INTERNAL", "UNKNOWN"):
                answered.faults.append((method.name, code, b"".join(sent)))

    try:
        await asyncio.gather(*(send(channels[number % len(channels)]) for number in range(IN_FLIGHT)))
    finally:
        for channel in channels:
            await channel.close()
    return answered


async def _code_of(channel: grpc.aio.Channel, method: MethodDescriptor, sent: list[bytes], timeout_s: float) -> str:
    path = f"/{method.containing_service.full_name}/{method.name}"
    try:
        call = _call(channel, method, path)(_stream(sent) if method.client_streaming else sent[0], timeout=timeout_s)
        if method.server_streaming:
            async for _ in call:
                pass
        else:
            await call
    except grpc.aio.AioRpcError as error:
        # The client's own library, about sending to a stream that the service ended: it then hides the service's code.
        own = error.code() is grpc.StatusCode.INTERNAL and (error.details() or "").startswith(
            "Internal error from Core"
        )
        return ENDED_WHILE_SENDING if own else str(error.code().name)
    return "OK"


def _call(channel: grpc.aio.Channel, method: MethodDescriptor, path: str) -> Callable[..., Any]:
    shapes = {
        (False, False): channel.unary_unary,
        (False, True): channel.unary_stream,
        (True, False): channel.stream_unary,
        (True, True): channel.stream_stream,
    }
    return shapes[method.client_streaming, method.server_streaming](path)  # type: ignore[no-any-return]


async def _stream(messages: list[bytes]) -> AsyncIterator[bytes]:
    for message in messages:
        yield message
