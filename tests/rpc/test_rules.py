"""Every rule that stands in the protos is understood, holds, and is told; every field that callers send has one.

All are drawn from the protos, so that what is added to them is held to the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass
from protos import messages, methods, request_messages

from sixhop._gen.buf.validate import validate_pb2
from sixhop.errors import InvalidInput
from sixhop.rpc import validate

NUMBERS = {FieldDescriptor.CPPTYPE_INT32, FieldDescriptor.CPPTYPE_INT64, FieldDescriptor.CPPTYPE_DOUBLE}
ENDS_OF_INT32 = (-(2**31), 2**31 - 1)
"""What an int32 cannot go beyond anyway."""
Broken = tuple[Message, str]
"""A message that breaks one rule, and the field that must be told."""


def rules_of(each: FieldDescriptor) -> Any:
    return each.GetOptions().Extensions[validate_pb2.field]


def with_value(kind: Descriptor, each: FieldDescriptor, value: Any) -> Message:
    message = GetMessageClass(kind)()
    if each.is_repeated:
        getattr(message, each.name).extend(value)
    else:
        setattr(message, each.name, value)
    return message


def broken_values(rules: Any) -> Iterator[Any]:
    """Values that break the rules of one that is not repeated."""
    kind = rules.WhichOneof("type")
    own = getattr(rules, kind)
    if kind == "enum":
        yield from own.not_in
        if own.defined_only:
            yield 10_000
        return
    if kind == "string":
        if own.min_len:
            yield "x" * (own.min_len - 1)
        if own.HasField("max_len"):
            yield "x" * (own.max_len + 1)
    else:
        for bound, step in (("gte", -1), ("lte", 1)):
            if own.HasField(bound) and getattr(own, bound) not in ENDS_OF_INT32:
                yield getattr(own, bound) + step


def broken_lists(each: FieldDescriptor, rules: Any) -> Iterator[tuple[list[Any], str]]:
    own = rules.repeated
    if own.min_items:
        yield [], each.name
    if each.message_type is None and own.HasField("max_items"):
        one_more = range(own.max_items + 1)
        yield [1 for _ in one_more] if each.enum_type else [f"x{number}" for number in one_more], each.name
    if each.message_type is not None and own.HasField("max_items"):
        yield [GetMessageClass(each.message_type)() for _ in range(own.max_items + 1)], each.name
    if own.unique:
        yield [1, 1] if each.enum_type else ["x", "x"], each.name
    if own.HasField("items"):
        yield from (([value], f"{each.name}[0]") for value in broken_values(own.items))


def all_broken() -> Iterator[Broken]:
    for kind in request_messages():
        for each in kind.fields:
            rules = rules_of(each)
            if not rules.ByteSize():
                continue
            if each.is_repeated:
                for values, where in broken_lists(each, rules):
                    yield with_value(kind, each, values), where
            else:
                for value in broken_values(rules):
                    yield with_value(kind, each, value), each.name
        for choice in kind.oneofs:
            if choice.GetOptions().Extensions[validate_pb2.oneof].required:
                yield GetMessageClass(kind)(), choice.name


def test_every_rule_of_every_message_is_understood() -> None:
    for kind in messages():
        validate._checks_of(kind)
        assert not kind.GetOptions().HasExtension(validate_pb2.message), f"{kind.full_name}: rules of messages are not"
        for choice in kind.oneofs:
            extra = choice.GetOptions().Extensions[validate_pb2.oneof].ListFields()
            assert {rule.name for rule, _ in extra} <= {"required"}, choice.full_name


def test_every_rule_holds_and_is_told() -> None:
    tried = 0
    for message, where in all_broken():
        told = {name for name, _ in validate.violations(message)}
        assert where in told, f"{message.DESCRIPTOR.full_name}.{where} may break its rule unnoticed"
        tried += 1
    assert tried > 80


@pytest.mark.parametrize("method", methods(), ids=lambda method: method.name)
def test_all_violations_of_a_request_are_told_together(method: Any) -> None:
    kind = method.input_type
    message = GetMessageClass(kind)()
    wanted: set[str] = set()
    for each in kind.fields:
        rules = rules_of(each)
        if not rules.ByteSize() or (each.containing_oneof and len(each.containing_oneof.fields) > 1):
            continue
        if each.is_repeated:
            values, where = next(broken_lists(each, rules))
            getattr(message, each.name).extend(values)
        else:
            setattr(message, each.name, next(broken_values(rules)))
            where = each.name
        wanted.add(where)
    with pytest.raises(InvalidInput) as raised:
        validate.validate(message)
    assert wanted <= {name for name, _ in raised.value.violations}


def test_everything_that_callers_send_is_bounded() -> None:
    unbounded = []
    for kind in request_messages():
        for each in kind.fields:
            rules = rules_of(each)
            own = rules.repeated.items if each.is_repeated else rules
            if each.is_repeated and not rules.repeated.max_items:
                unbounded.append(each.full_name)
            if each.cpp_type == FieldDescriptor.CPPTYPE_STRING and not own.string.max_len:
                unbounded.append(each.full_name)
            if each.cpp_type in NUMBERS and not getattr(own, own.WhichOneof("type") or "int32").HasField("gte"):
                unbounded.append(each.full_name)
    assert not unbounded, "say in the proto how long or large they may be"
