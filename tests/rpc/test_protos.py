"""The protos are tidy, described to the last field, and break no client of a released version."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from google.protobuf.descriptor_pb2 import DescriptorProto, FieldDescriptorProto, FileDescriptorSet
from packaging.version import Version
from protos import PACKAGE

from sixhop._gen.buf.validate import validate_pb2

ROOT = Path(__file__).resolve().parents[2]
PROTO = ROOT / "proto"
BUF = str(Path(sys.executable).parent / "buf")
NUMBERS = {FieldDescriptorProto.TYPE_INT32, FieldDescriptorProto.TYPE_INT64, FieldDescriptorProto.TYPE_DOUBLE}
MESSAGES_OF_FILE, FIELDS, NESTED = 4, 2, 3
"""Numbers of these fields in descriptor.proto, of which paths to comments are made."""


def released() -> Path:
    """What the last released version spoke."""
    return max((PROTO / "released").glob("*.binpb"), key=lambda path: Version(path.stem))


def buf(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([BUF, *arguments], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)


def test_lint_finds_nothing() -> None:
    done = buf("lint", "proto")
    assert done.returncode == 0, done.stdout + done.stderr


def breaking(protos: Path, work: Path) -> subprocess.CompletedProcess[str]:
    """Compares with the last release by the rules of buf.yaml; in two steps, since buf.yaml has two modules."""
    now = str(work / "now.binpb")
    built = buf("build", str(protos), "--path", str(protos / "sixhop"), "-o", now)
    assert built.returncode == 0, built.stderr
    rules = yaml.safe_load((PROTO / "buf.yaml").read_text())["breaking"]["use"]
    config = json.dumps({"version": "v2", "breaking": {"use": rules, "ignore": ["buf", "google"]}})
    return buf("breaking", now, "--against", str(released()), "--config", config)


def test_no_client_of_the_last_release_breaks(tmp_path: Path) -> None:
    done = breaking(PROTO, tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("string sender_id = 1 ", "string sender_id = 91 ", "1"),
        ("optional int32 limit = 3 ", "optional int64 limit = 3 ", "limit"),
        ("rpc FindChains(", "rpc FindPaths(", "FindChains"),
        ("  NEXT_HOP_STATE_OVER = 3;", "  NEXT_HOP_STATE_DONE = 3;", "NEXT_HOP_STATE_OVER"),
    ],
)
def test_what_would_break_a_client_is_found(tmp_path: Path, before: str, after: str, told: str) -> None:
    shutil.copytree(PROTO, tmp_path / "proto")
    file = tmp_path / "proto" / "sixhop" / "v1" / "recommendation.proto"
    text = file.read_text()
    assert before in text
    file.write_text(text.replace(before, after, 1))
    done = breaking(tmp_path / "proto", tmp_path)
    assert done.returncode != 0
    assert told in done.stdout


@pytest.fixture(scope="module")
def described(tmp_path_factory: pytest.TempPathFactory) -> FileDescriptorSet:
    out = tmp_path_factory.mktemp("protos") / "all.binpb"
    done = buf("build", "proto", "--as-file-descriptor-set", "-o", str(out))
    assert done.returncode == 0, done.stderr
    return FileDescriptorSet.FromString(out.read_bytes())


def fields(described: FileDescriptorSet) -> Iterator[tuple[str, FieldDescriptorProto, str]]:
    """Each field of ours: its full name, itself, its comment."""
    for file in described.file:
        if file.package != PACKAGE:
            continue
        comments = {tuple(each.path): each.leading_comments for each in file.source_code_info.location}
        for number, message in enumerate(file.message_type):
            yield from _fields(message, (MESSAGES_OF_FILE, number), message.name, comments)


def _fields(
    message: DescriptorProto, path: tuple[int, ...], name: str, comments: dict[tuple[int, ...], str]
) -> Iterator[tuple[str, FieldDescriptorProto, str]]:
    if message.options.map_entry:
        return
    for number, each in enumerate(message.field):
        yield f"{name}.{each.name}", each, " ".join(comments.get((*path, FIELDS, number), "").split())
    for number, nested in enumerate(message.nested_type):
        yield from _fields(nested, (*path, NESTED, number), f"{name}.{nested.name}", comments)


def test_every_field_is_described_in_a_sentence(described: FileDescriptorSet) -> None:
    assert not [name for name, _, comment in fields(described) if not comment.rstrip("`)").endswith(".")]


def test_what_a_field_may_hold_is_said_where_it_is_described(described: FileDescriptorSet) -> None:
    silent = [
        f"{name}: {bound:g}"
        for name, each, comment in fields(described)
        for bound in _bounds(each.options.Extensions[validate_pb2.field])
        if bound not in _numbers_in(comment)
    ]
    assert not silent, "the comment does not name the bound"


def test_every_number_has_a_unit_or_bounds(described: FileDescriptorSet) -> None:
    silent = [
        name
        for name, each, comment in fields(described)
        if each.type in NUMBERS and not re.search(r"\d|seconds|milliseconds|per cent|times the", comment)
    ]
    assert not silent, "say in which unit, and from where to where"


def _bounds(rules: Any) -> Iterator[float]:
    """Of the rules, those that a reader could not guess: that something must not be empty is said as `1 to …`."""
    kind = rules.WhichOneof("type")
    if kind is None:
        return
    own = getattr(rules, kind)
    for rule, value in own.ListFields():
        if rule.name in ("max_len", "gte", "lte", "max_items"):
            yield float(value)
    if kind == "repeated" and own.items.WhichOneof("type") not in (None, "string"):
        yield from _bounds(own.items)


def _numbers_in(comment: str) -> set[float]:
    text = re.sub(r"10\^(\d+)", lambda power: str(10 ** int(power[1])), re.sub(r"(?<=\d),(?=\d{3})", "", comment))
    return {float(number) for number in re.findall(r"(?<![\w.])-?\d+(?:\.\d+)?", text)}
