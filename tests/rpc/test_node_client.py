"""A client in another language, generated from the protos alone, gets answers and reads errors."""

from __future__ import annotations

import json
import shutil
import subprocess
from importlib.resources import files
from pathlib import Path

import pytest
from google import rpc
from grpc_tools import protoc
from serving_process import Service

ROOT = Path(__file__).resolve().parents[2]
NODE = Path(__file__).parent / "node_client"
INSTALL_WITHIN_S, ASK_WITHIN_S = 120, 30


@pytest.fixture(scope="module")
def node_client(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the script, what it needs, and the code generated for it."""
    if not (shutil.which("node") and shutil.which("npm")):
        pytest.skip("no Node on this machine")
    folder = tmp_path_factory.mktemp("node") / "client"
    shutil.copytree(NODE, folder)
    install = ["npm", "install", "--no-package-lock", "--no-audit", "--no-fund", "--silent"]
    done = subprocess.run(install, cwd=folder, capture_output=True, text=True, timeout=INSTALL_WITHIN_S, check=False)
    if done.returncode:
        pytest.skip(f"npm could not install what the client needs: {done.stderr.strip()[-200:]}")
    generate(folder)
    return folder


def generate(folder: Path) -> None:
    google = Path(next(iter(rpc.__path__)))
    protos = sorted((ROOT / "proto").rglob("*.proto"))
    protos.append(google / "error_details.proto")
    roots = (ROOT / "proto" / "third_party", ROOT / "proto", google.parents[1], files("grpc_tools") / "_proto")
    plugin = folder / "node_modules" / ".bin" / "protoc-gen-es"
    (folder / "gen").mkdir()
    command = ["protoc", *(f"-I{root}" for root in roots), f"--plugin=protoc-gen-es={plugin}"]
    command += [f"--es_out={folder / 'gen'}", "--es_opt=target=js,import_extension=js"]
    assert protoc.main([*command, *map(str, protos)]) == 0


def test_a_generated_node_client_asks_and_reads_answers_and_errors(node_client: Path, service: Service) -> None:
    command = ["node", "ask.js", service.address]
    done = subprocess.run(command, cwd=node_client, capture_output=True, text=True, timeout=ASK_WITHIN_S, check=False)
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert "c" in [each["targetId"] for each in said["targets"]["recommendations"]]
    assert said["targets"]["info"]["requestId"]
    assert said["degrees"]["degrees"][0] == {"memberId": "a", "state": "DEGREE_STATE_EXACT", "degree": 1}
    assert said["refused"] == {
        "code": "INVALID_ARGUMENT",
        "reason": "INVALID_ARGUMENT",
        "violations": ["sender_id", "limit"],
    }
