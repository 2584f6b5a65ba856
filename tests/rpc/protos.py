"""All services and messages of the protos, found in the generated code: what is added to them is in here by itself."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator

from google.protobuf.descriptor import Descriptor, FileDescriptor, MethodDescriptor, ServiceDescriptor

from sixhop._gen.sixhop import v1

PACKAGE = "sixhop.v1"


def files() -> list[FileDescriptor]:
    names = sorted(each.name for each in pkgutil.iter_modules(v1.__path__) if each.name.endswith("_pb2"))
    return [importlib.import_module(f"{v1.__name__}.{name}").DESCRIPTOR for name in names]


def services() -> list[ServiceDescriptor]:
    return [service for file in files() for service in file.services_by_name.values()]


def methods() -> list[MethodDescriptor]:
    return [method for service in services() for method in service.methods]


def messages() -> list[Descriptor]:
    return [message for file in files() for message in _with_nested(file.message_types_by_name.values())]


def _with_nested(found: Iterator[Descriptor] | list[Descriptor]) -> Iterator[Descriptor]:
    for message in found:
        yield message
        yield from _with_nested(list(message.nested_types))


def request_messages() -> list[Descriptor]:
    """The messages that callers send, with all that is within them."""
    found: dict[str, Descriptor] = {}
    left = [method.input_type for method in methods()]
    while left:
        message = left.pop()
        if message.full_name in found or message.file.package != PACKAGE:
            continue
        found[message.full_name] = message
        left += [each.message_type for each in message.fields if each.message_type is not None]
    return sorted(found.values(), key=lambda message: message.full_name)
