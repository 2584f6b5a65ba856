"""The schedules of retraining call a command there is, with options it has, and know its exit codes."""

from __future__ import annotations

import shlex
from pathlib import Path

import typer
import yaml
from typer.testing import CliRunner

from sixhop.settings import Settings
from sixhop_ml.commands import EXIT_CODES, retrain
from sixhop_ml.job import Outcome

HERE = Path(__file__).parents[3] / "deploy" / "retrain"
PREFIX = "SIXHOP_"


def assert_understood(words: list[str]) -> None:
    """`--help` after the options: they are parsed, and what is not an option is an error."""
    app = typer.Typer()
    app.command()(retrain)
    done = CliRunner().invoke(app, [*words, "--help"])
    assert done.exit_code == 0, done.output
    known = {option for parameter in typer.main.get_command(app).params for option in parameter.opts}
    assert {word for word in words if word.startswith("--")} <= known


def test_cron() -> None:
    [line] = [line for line in (HERE / "cron").read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    words = shlex.split(line.split(">>")[0])
    start = words.index("/opt/sixhop/bin/sixhop")
    assert words[5] == "sixhop", "the sixth field of a line in cron.d is the user"
    assert all(word.split("=")[0].removeprefix(PREFIX).lower() in Settings.model_fields for word in words[6:start])
    assert words[start + 1] == "retrain"
    assert_understood(words[start + 2 :])


def test_cron_job() -> None:
    job = yaml.safe_load((HERE / "cronjob.yaml").read_text(encoding="utf-8"))
    spec = job["spec"]["jobTemplate"]["spec"]
    [container] = spec["template"]["spec"]["containers"]
    assert container["command"][:2] == ["sixhop", "retrain"]
    assert_understood(container["command"][2:])
    assert all(each["name"].removeprefix(PREFIX).lower() in Settings.model_fields for each in container["env"])
    [rule] = spec["podFailurePolicy"]["rules"]
    assert rule["onExitCodes"]["containerName"] == container["name"]
    decided = {EXIT_CODES[outcome] for outcome in (Outcome.CHALLENGER, Outcome.REFUSED)}
    assert decided <= set(rule["onExitCodes"]["values"])
    mounted = {each["name"] for each in container["volumeMounts"]}
    assert mounted == {each["name"] for each in spec["template"]["spec"]["volumes"]}
