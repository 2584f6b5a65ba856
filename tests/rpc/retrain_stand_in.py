"""A `sixhop retrain` that keeps to the command's contract without training, for a service in a process of its own.

It is found as the real one is, by entry point: a folder on PYTHONPATH holds a distribution named `sixhop`, which hides
the real one's. What it does is said in its `--why`.
"""

from __future__ import annotations

from pathlib import Path

ENTRY = "[sixhop.commands]\nretrain = retrain_stand_in_command:retrain\n"
COMMAND = """
import json, os, signal, sys, time
from pathlib import Path

import typer

from sixhop.errors import InvalidInput, Misconfigured, Unavailable

MODELS = {"referral": {"digest": "5f" * 8, "report": None}, "tie": {"digest": "7e" * 8, "report": "/a/path"}}
GATES = [
    {"model": "referral", "gate": "calibration", "scope": "all", "value": 0.1, "limit": "at most 0.2", "passed": True},
    {"model": "referral", "gate": "quality", "scope": "3+", "value": None, "limit": "at least 1", "passed": True},
]


def retrain(
    realm: str = typer.Option(...),
    as_json: bool = typer.Option(False, "--json"),
    dry_run: bool = typer.Option(False, "--dry-run"),
    since: int = typer.Option(None),
    why: str = typer.Option(...),
) -> None:
    assert as_json
    Path(os.environ["SIXHOP_HOME"], "stand-in.json").write_text(
        json.dumps({"realm": realm, "since": since, "why": why, "pid": os.getpid(), "nice": os.nice(0)})
    )
    if "deaf" in why:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    if "slow" in why:
        for done in range(100_000):
            print(f"walking for pairs: {done} of 1,234", file=sys.stderr, flush=True)
            time.sleep(0.05)
    if "too little" in why:
        raise InvalidInput("the data lasts 3 days, " + "far " * 60 + "too short", violations=(("window", "is long"),))
    if "locked" in why:
        raise Unavailable("nobody knows why")
    if "misconfigured" in why:
        raise Misconfigured("/a/secret/path is not there")
    if "crash" in why:
        raise RuntimeError("a secret")
    if "nonsense" in why:
        print("no JSON")
        return
    if "much" in why:
        for _ in range(2_000):
            print("x" * 9_999, file=sys.stderr)
            print("y" * 9_999)
    outcome = next((each for each in ("challenger", "refused", "unchanged") if each in why), "promoted")
    print(json.dumps({"outcome": outcome, "dry_run": dry_run, "models": MODELS, "gates": GATES, "why": "since so",
                      "seconds": 1.5}))
    raise typer.Exit({"challenger": 8, "refused": 9}.get(outcome, 0))
"""


def with_stand_in(folder: Path) -> dict[str, str]:
    """The environment in which the service finds it."""
    info = folder / "sixhop-0.0.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: sixhop\nVersion: 0.0.0\n")
    (info / "entry_points.txt").write_text(ENTRY)
    (folder / "retrain_stand_in_command.py").write_text(COMMAND)
    return {"PYTHONPATH": str(folder)}
