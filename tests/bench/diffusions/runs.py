"""One data set from its files to a report, through the commands that anybody would type; what came of it as one object.

Knows nothing of what the data sets are.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from folders import NotThere, digest, write_folder
from sets import DataSet

MADE = (0, 8, 9)
"""Exit codes of `sixhop retrain` that come with models: promoted, challenger, refused by a gate."""
LOADED = (0, 7)
CANNOT = 2
"""What was given does not do: too little to learn from, say."""
SIXHOP = (sys.executable, "-m", "sixhop")
Environment = Mapping[str, str]


class TooLittle(Exception):
    """A command said that what it was given does not do; the message is what it said."""


def run(data_set: DataSet, data: Path, folder: Path, environment: Environment, *, seed: int) -> dict[str, Any]:
    """Convert, import, retrain; where that ends early, `skipped` says why."""
    started = time.monotonic()
    told: dict[str, Any] = {"set": data_set.name, "seed": seed, "why_window": data_set.why}
    try:
        told["rows"] = write_folder(folder, data_set.convert(data / data_set.folder))
        realm = f"{data_set.name}-{digest(folder)}"
        told["import"] = _imported(data_set, folder, realm, environment)
        retrained = sixhop(("retrain", "--realm", realm, "--seed", str(seed), "--force", "--json"), environment, MADE)
    except (NotThere, TooLittle) as reason:
        return told | {"skipped": str(reason), "seconds": round(time.monotonic() - started, 1)}
    done = json.loads(retrained)
    told |= {"realm": realm, "outcome": done["outcome"], "why": done["why"]}
    models = {kind: _figures(Path(made["report"])) for kind, made in done["models"].items()}
    return told | {"models": models, "seconds": round(time.monotonic() - started, 1)}


def sixhop(arguments: tuple[str, ...], environment: Environment, fine: tuple[int, ...] = (0,)) -> str:
    """Run one command; returns what it printed.

    Raises
    ------
    TooLittle
        What it was given does not do.
    RuntimeError
        It failed otherwise.
    """
    done = subprocess.run((*SIXHOP, *arguments), env=environment, capture_output=True, text=True, check=False)
    if done.returncode not in fine:
        said = " ".join(done.stderr.rpartition("\nerror ")[-1].split())
        refused = TooLittle if done.returncode == CANNOT else RuntimeError
        raise refused(f"sixhop {arguments[0]} ended with {done.returncode}: {said}")
    return done.stdout


def environment_of(home: Path) -> dict[str, str]:
    """The caller's environment; with no Neo4j given, the state of a local one below `home`."""
    return dict(os.environ) | ({} if "SIXHOP_NEO4J_URI" in os.environ else {"SIXHOP_HOME": str(home)})


def _imported(data_set: DataSet, folder: Path, realm: str, environment: Environment) -> dict[str, Any]:
    arguments = ("import", str(folder), "--realm", realm, "--json", *data_set.import_options)
    report = json.loads(sixhop(arguments, environment, LOADED))
    kept = ("label_window_days", "half_life_days")
    return {
        "rejected": report["rejected"],
        "ties": report["ties"],
        "seconds": round(report["seconds"], 1),
        "proposal": report["proposal"],
        **{name: report["realm"][name] for name in kept},
    }


def _figures(report: Path) -> dict[str, Any]:
    """What the table has of one model, from the artifact that its report stands in."""
    metrics = json.loads((report.parent / "metrics.json").read_text(encoding="utf-8"))
    manifest = json.loads((report.parent / "manifest.json").read_text(encoding="utf-8"))
    best = metrics["heuristics"][metrics["best_heuristic"]]
    plain = ("pairs", "adopted", "base_rate", "auc", "average_precision", "best_heuristic", "over_best_heuristic")
    fit = ("brier_skill", "ece", "ece_over_base_rate", "calibration_slope")
    return {
        **{name: metrics[name] for name in (*plain, *fit)},
        "heuristic_average_precision": best["average_precision"],
        "learned_from": metrics["learned_from"]["kind"],
        "logistic_regression": metrics["logistic_regression"],
        "family": manifest["hyperparameters"]["family"],
        "slices": manifest["slices"],
        "report": str(report),
        "failed_gates": [f"{gate['gate']} ({gate['scope']})" for gate in metrics["gates"] if not gate["passed"]],
    }
