"""Generates `service/sixhop/_gen` from `proto/`: `python tools/generate_protos.py [--out DIR]`.

protoc writes imports that start at the proto's package (`from sixhop.v1 import …`); they are moved below the package
that the generated code lives in, so that it needs no place of its own on the import path.
"""

from __future__ import annotations

import argparse
import re
import shutil
import sys
import tempfile
from importlib.resources import files
from pathlib import Path

from grpc_tools import protoc

ROOT = Path(__file__).resolve().parents[1]
OUT = ROOT / "service" / "sixhop" / "_gen"
PACKAGE = "sixhop._gen"
OWN = re.compile(r"^from (sixhop|buf)(\.[\w.]+)? import ", re.MULTILINE)


def generate(out: Path) -> None:
    """Write the generated package to `out`, replacing what is there."""
    with tempfile.TemporaryDirectory() as folder:
        fresh = Path(folder)
        _run_protoc(fresh)
        for path in sorted(fresh.rglob("*.py*")):
            text = OWN.sub(rf"from {PACKAGE}.\1\2 import ", path.read_text(encoding="utf-8"))
            path.write_text(text, encoding="utf-8")
        for directory in [fresh, *(path for path in fresh.rglob("*") if path.is_dir())]:
            (directory / "__init__.py").touch()
        if out.exists():
            shutil.rmtree(out)
        shutil.copytree(fresh, out)


def _run_protoc(out: Path) -> None:
    ours = sorted((ROOT / "proto" / "sixhop").rglob("*.proto"))
    theirs = sorted((ROOT / "proto" / "third_party" / "buf").rglob("*.proto"))  # of Google's, a package has the code
    with_services = [path for path in ours if re.search(r"^service ", path.read_text(encoding="utf-8"), re.MULTILINE)]
    include = [f"-I{ROOT / 'proto' / 'third_party'}", f"-I{ROOT / 'proto'}", f"-I{files('grpc_tools') / '_proto'}"]
    messages = ["protoc", *include, f"--python_out={out}", f"--pyi_out={out}", *map(str, ours + theirs)]
    services = ["protoc", *include, f"--grpc_python_out={out}", *map(str, with_services)]
    for command in (messages, services):
        if protoc.main(command):
            sys.exit("protoc refused the files below proto/; its message is above")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Generate the Python code of the protos.")
    parser.add_argument("--out", type=Path, default=OUT, help="where to (default: %(default)s)")
    generate(parser.parse_args().out)
