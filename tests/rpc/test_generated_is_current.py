"""The generated code is what the protos say, and the package asks for libraries that can load it."""

from __future__ import annotations

import importlib.util
import re
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.version import Version

from sixhop._gen.sixhop.v1 import errors_pb2
from sixhop.errors import Reason

ROOT = Path(__file__).resolve().parents[2]
GENERATED = ROOT / "service" / "sixhop" / "_gen"


def _texts(folder: Path) -> dict[str, str]:
    paths = (path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {str(path.relative_to(folder)): path.read_text(encoding="utf-8") for path in paths}


def test_generated_code_is_what_the_protos_say(tmp_path: Path) -> None:
    spec = importlib.util.spec_from_file_location("generate_protos", ROOT / "tools" / "generate_protos.py")
    assert spec is not None
    assert spec.loader is not None
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    tool.generate(tmp_path / "fresh")
    fresh, committed = _texts(tmp_path / "fresh"), _texts(GENERATED)
    assert sorted(fresh) == sorted(committed)
    stale = [name for name, text in fresh.items() if committed[name] != text]
    assert not stale, "the protos changed; run `make proto` and commit service/sixhop/_gen"


def test_lower_bounds_can_load_the_generated_code() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    bounds = {
        requirement.name: next(Version(part.version) for part in requirement.specifier if part.operator == ">=")
        for requirement in map(Requirement, project["dependencies"])
        if any(part.operator == ">=" for part in requirement.specifier)
    }
    texts = "\n".join(_texts(GENERATED).values())
    protobuf = {Version(found) for found in re.findall(r"# Protobuf Python Version: (\S+)", texts)}
    grpc = {Version(found) for found in re.findall(r"GRPC_GENERATED_VERSION = '(\S+)'", texts)}
    assert max(protobuf) <= bounds["protobuf"]
    assert max(grpc) <= bounds["grpcio"]


def test_every_reason_of_the_service_is_a_documented_value_of_the_proto() -> None:
    names = {name.removeprefix("ERROR_REASON_") for name in errors_pb2.ErrorReason.keys()}  # noqa: SIM118
    assert names == {reason.value for reason in Reason} | {"UNSPECIFIED"}
    text = (ROOT / "proto" / "sixhop" / "v1" / "errors.proto").read_text(encoding="utf-8")
    undocumented = [
        reason.value for reason in Reason if not re.search(rf"//[^\n]*\n  ERROR_REASON_{reason.value} = ", text)
    ]
    assert not undocumented
