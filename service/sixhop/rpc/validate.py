"""Checks requests against the rules that stand in the protos, all of them at once. Knows nothing of what is asked.

The rules are those of protovalidate (`buf.validate`), read from the generated descriptors when a request type is first
seen. Only the few that our protos use are understood; any other is refused then, so that none is silently ignored.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from google.longrunning import operations_pb2
from google.protobuf.descriptor import Descriptor, FieldDescriptor, OneofDescriptor
from google.protobuf.message import Message

from sixhop._gen.buf.validate import validate_pb2
from sixhop._gen.sixhop.v1 import event_pb2, model_pb2, recommendation_pb2
from sixhop.errors import InvalidInput

FIRST_SECOND, LAST_SECOND = -62_135_596_800, 253_402_300_799
"""What a Timestamp may hold, in seconds since 1970."""
YEAR_1900, YEAR_2100 = -2_208_988_800, 4_102_444_800
"""A date before or after is most likely given in another unit."""
Violation = tuple[str, str]
Check = Callable[[str, Any], Iterator[Violation]]


def validate(request: Message) -> None:
    """Raise `InvalidInput` with every violation of `request`, or return."""
    if found := list(violations(request)):
        count = "1 field is" if len(found) == 1 else f"{len(found)} fields are"
        raise InvalidInput(f"{count} out of bounds; mend them and ask again", violations=tuple(found))


def violations(message: Message) -> Iterator[Violation]:
    """Everything that is wrong with a message, but not with the messages in its lists: these are for their readers."""
    for field, check in _checks_of(message.DESCRIPTOR):
        yield from _check_field(message, field, check)
    for choice in _choices_of(message.DESCRIPTOR):
        if message.WhichOneof(choice.name) is None:
            yield choice.name, f"one of {', '.join(field.name for field in choice.fields)} must be set"
    for across in _ACROSS_FIELDS.get(message.DESCRIPTOR.full_name, ()):
        yield from across(message)


@cache
def _choices_of(message: Descriptor) -> tuple[OneofDescriptor, ...]:
    return tuple(each for each in message.oneofs if each.GetOptions().Extensions[validate_pb2.oneof].required)


@cache
def _checks_of(message: Descriptor) -> tuple[tuple[FieldDescriptor, Check], ...]:
    with_rules = ((field, field.GetOptions().Extensions[validate_pb2.field]) for field in message.fields)
    own = tuple((field, _compile(field.full_name, rules, field)) for field, rules in with_rules if rules.ByteSize())
    within = ((field, field.message_type) for field in message.fields if field.message_type and not field.is_repeated)
    return own + tuple((field, _check_message) for field, kind in within if kind.file.package == message.file.package)


def _check_message(name: str, value: Message) -> Iterator[Violation]:
    yield from ((f"{name}.{field}", problem) for field, problem in violations(value))


def _check_field(request: Message, field: FieldDescriptor, check: Check) -> Iterator[Violation]:
    if field.has_presence and not request.HasField(field.name):
        return
    yield from check(field.name, getattr(request, field.name))


def _compile(where: str, rules: Any, field: FieldDescriptor | None = None) -> Check:
    kind = rules.WhichOneof("type")
    if kind not in _COMPILERS or len(rules.ListFields()) != 1:
        raise NotImplementedError(f"{where}: rules of kind {kind} are not understood; add them to rpc/validate.py")
    chosen = getattr(rules, kind)
    compiler, known = _COMPILERS[kind]
    if unknown := {field.name for field, _ in chosen.ListFields()} - known:
        raise NotImplementedError(f"{where}: rules {sorted(unknown)} are not understood; add them to rpc/validate.py")
    return compiler(where, chosen, field)


def _strings(_: str, rules: Any, __: FieldDescriptor | None) -> Check:
    least, most = rules.min_len, rules.max_len if rules.HasField("max_len") else None

    def check(name: str, value: str) -> Iterator[Violation]:
        if len(value) < least:
            yield name, "must not be empty" if not value else f"must have at least {least} characters"
        elif most is not None and len(value) > most:
            yield name, f"must have at most {most} characters, not {len(value)}"

    return check


def _numbers(_: str, rules: Any, __: FieldDescriptor | None) -> Check:
    least = rules.gte if rules.HasField("gte") else None
    most = rules.lte if rules.HasField("lte") else None

    def check(name: str, value: float) -> Iterator[Violation]:
        if value != value:
            yield name, "must be a number"
        elif least is not None and value < least:
            yield name, f"must be at least {least}, not {value}"
        elif most is not None and value > most:
            yield name, f"must be at most {most}, not {value}"

    return check


def _choices(where: str, rules: Any, field: FieldDescriptor | None) -> Check:
    if field is None or field.enum_type is None:
        raise NotImplementedError(f"{where}: rules of an enum are for a field of one")
    refused = frozenset(rules.not_in)
    names = {each.number: each.name for each in field.enum_type.values if each.number not in refused}

    def check(name: str, value: int) -> Iterator[Violation]:
        if value == 0 and value in refused:
            yield name, "must be set"
        elif value in refused or (rules.defined_only and value not in names):
            yield name, f"must be one of {', '.join(names.values())}"

    return check


def _lists(where: str, rules: Any, field: FieldDescriptor | None) -> Check:
    least, most = rules.min_items, rules.max_items if rules.HasField("max_items") else None
    check_item = _compile(f"{where} items", rules.items, field) if rules.HasField("items") else None

    def check(name: str, values: Any) -> Iterator[Violation]:
        if most is not None and len(values) > most:
            yield name, f"must have at most {most} items, not {len(values)}"
            return
        if len(values) < least:
            yield name, f"must have at least {least} items"
        if rules.unique and len(set(values)) < len(values):
            yield name, "must not hold the same item twice"
        for index, value in enumerate(values if check_item else ()):
            yield from check_item(f"{name}[{index}]", value)  # type: ignore[misc]

    return check


_COMPILERS: dict[str, tuple[Callable[[str, Any, FieldDescriptor | None], Check], frozenset[str]]] = {
    "string": (_strings, frozenset({"min_len", "max_len"})),
    "int32": (_numbers, frozenset({"gte", "lte"})),
    "double": (_numbers, frozenset({"gte", "lte"})),
    "enum": (_choices, frozenset({"defined_only", "not_in"})),
    "repeated": (_lists, frozenset({"min_items", "max_items", "unique", "items"})),
}


def _ends(request: recommendation_pb2.FindChainsRequest) -> Iterator[Violation]:
    if request.from_id and request.from_id == request.to_id:
        yield "to_id", "must be another member than from_id"
    for end in ("from_id", "to_id"):
        if getattr(request, end) and getattr(request, end) in request.avoid_ids:
            yield "avoid_ids", f"must not hold {end}"


def _targets(request: recommendation_pb2.RecommendTargetsRequest) -> Iterator[Violation]:
    for most in ("max_degree", "max_length"):
        if request.HasField("min_degree") and request.HasField(most) and request.min_degree > getattr(request, most):
            yield most, "must be no less than min_degree"
    if request.offering_id in request.more_offering_ids:
        yield "more_offering_ids", "must not hold offering_id"


def _time(moment: recommendation_pb2.Moment) -> Iterator[Violation]:
    if not FIRST_SECOND <= moment.at.seconds <= LAST_SECOND:
        yield "at", "must be in the years 1 to 9999"


def _another(one: str, other: str) -> Callable[[Any], Iterator[Violation]]:
    def check(message: Any) -> Iterator[Violation]:
        if getattr(message, one) and getattr(message, one) == getattr(message, other):
            yield other, f"must be another one than {one}"

    return check


def _dates(*names: str) -> Callable[[Any], Iterator[Violation]]:
    def check(message: Any) -> Iterator[Violation]:
        for name in names:
            if message.HasField(name) and not YEAR_1900 <= getattr(message, name).seconds < YEAR_2100:
                yield name, "must be in the years 1900 to 2099"

    return check


def _introducers(event: event_pb2.OutreachEvent) -> Iterator[Violation]:
    for end in ("sender_id", "target_id"):
        if getattr(event, end) in event.introducer_ids:
            yield "introducer_ids", f"must not hold {end}"


MOST_OF_A_NAME = 128
MOST_OF_A_PAGE = 100


def _name(message: Any) -> Iterator[Violation]:
    if not message.name:
        yield "name", "must not be empty"
    elif len(message.name) > MOST_OF_A_NAME:
        yield "name", f"must have at most {MOST_OF_A_NAME} characters, not {len(message.name)}"


def _operations(request: operations_pb2.ListOperationsRequest) -> Iterator[Violation]:
    if request.name not in ("", "operations"):
        yield "name", "must be operations, or empty"
    if request.filter:
        yield "filter", "must be empty: all are listed"
    if not 0 <= request.page_size <= MOST_OF_A_PAGE:
        yield "page_size", f"must be between 0 and {MOST_OF_A_PAGE}, not {request.page_size}"
    if len(request.page_token) > MOST_OF_A_NAME:
        yield "page_token", f"must have at most {MOST_OF_A_NAME} characters, not {len(request.page_token)}"
    if request.return_partial_success:
        yield "return_partial_success", "must not be set"


def _timeout(request: operations_pb2.WaitOperationRequest) -> Iterator[Violation]:
    timeout = request.timeout
    if timeout.seconds < 0 or not 0 <= timeout.nanos < 1_000_000_000:
        yield "timeout", "must not be negative"


_ACROSS_FIELDS: dict[str, tuple[Callable[[Any], Iterator[Violation]], ...]] = {
    recommendation_pb2.FindChainsRequest.DESCRIPTOR.full_name: (_ends,),
    recommendation_pb2.Moment.DESCRIPTOR.full_name: (_time,),
    event_pb2.TieEvent.DESCRIPTOR.full_name: (_another("from_id", "to_id"), _dates("since")),
    event_pb2.InteractionEvent.DESCRIPTOR.full_name: (_another("from_id", "to_id"),),
    event_pb2.BlockEvent.DESCRIPTOR.full_name: (_another("from_id", "to_id"),),
    event_pb2.MemberEvent.DESCRIPTOR.full_name: (_dates("joined_at"),),
    event_pb2.OfferingEvent.DESCRIPTOR.full_name: (_dates("available_from", "deadline"),),
    event_pb2.CommunityEvent.DESCRIPTOR.full_name: (_another("community_id", "parent_id"),),
    event_pb2.OutreachEvent.DESCRIPTOR.full_name: (_another("sender_id", "target_id"), _introducers),
    recommendation_pb2.RecommendTargetsRequest.DESCRIPTOR.full_name: (_targets,),
    model_pb2.RetrainRequest.DESCRIPTOR.full_name: (_dates("since"),),
    operations_pb2.ListOperationsRequest.DESCRIPTOR.full_name: (_operations,),
    operations_pb2.GetOperationRequest.DESCRIPTOR.full_name: (_name,),
    operations_pb2.WaitOperationRequest.DESCRIPTOR.full_name: (_name, _timeout),
    operations_pb2.CancelOperationRequest.DESCRIPTOR.full_name: (_name,),
    operations_pb2.DeleteOperationRequest.DESCRIPTOR.full_name: (_name,),
}
"""Rules between fields, which protovalidate would state in CEL, and those of protos that are not ours."""
