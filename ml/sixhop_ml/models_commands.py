"""Commands of the group `sixhop models` that need the learning side: `health`, `compare`."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import typer
from rich.console import Console
from rich.table import Table

from sixhop import bootstrap
from sixhop.models.health import write_health
from sixhop.models.registry import Registry
from sixhop.settings import load_settings
from sixhop_ml import compare as comparing
from sixhop_ml.arms import Gap
from sixhop_ml.compare import Compared
from sixhop_ml.health import Health, look_at
from sixhop_ml.progress import Teller

DUE = 10
"""Exit code: retraining is due."""
FEATURES_SHOWN = 8
REALM = typer.Option(None, "--realm", help="Default: SIXHOP_REALM.")
AS_JSON = typer.Option(False, "--json", help="Print one line of JSON.")


def health(realm: str | None = REALM, as_json: bool = AS_JSON) -> None:
    """Tell how the referral model that serves is ageing, and keep that for the service's metrics.

    Ends with 0 (retraining is not due) or 10 (it is).
    """
    settings = load_settings()
    with bootstrap.open_graph(settings, realm) as graph, Teller(Console(stderr=True)) as tell:
        found = look_at(graph, settings, tell=tell)
        write_health(Registry(settings.home, graph.realm).folder, found.as_object())
    if as_json:
        typer.echo(json.dumps(found.as_object()))
    else:
        _print(found, Console())
    raise typer.Exit(DUE if found.why_due else 0)


def compare(realm: str | None = REALM, as_json: bool = AS_JSON) -> None:
    """Compare the referral model that serves with its challenger, on what was recorded of both."""
    settings = load_settings()
    with bootstrap.open_graph(settings, realm) as graph, Teller(Console(stderr=True)) as tell:
        found = comparing.compare(graph, settings, tell=tell)
    if as_json:
        typer.echo(json.dumps(found.as_object()))
    else:
        _print_compared(found, Console())


def _print_compared(found: Compared, console: Console) -> None:
    agreement = found.agreement
    console.print(
        f"[bold]champion[/] {found.champion}, [bold]challenger[/] {found.challenger}: {agreement.answers:,} answers "
        f"with {agreement.rows:,} recommendations were scored by both",
        highlight=False,
    )
    if found.rows < found.rows_in_all:
        console.print(f"of {found.rows_in_all:,} recommendations {found.rows:,} were drawn", style="dim")
    if agreement.answers:
        _print_agreement(found, console)
    told = [each for each in found.calibration if each.found.sent]
    if told:
        table = Table("sent a whole window ago", "model", "sent", "predicted", "observed", "predicted over observed")
        for each in told:
            who = {found.champion: "champion", found.challenger: "challenger"}
            said = each.found
            ratio = each.missing or f"{_figure(said.ratio)} ({_figure(said.low)} to {_figure(said.high)})"
            shares = _share(said.predicted), _share(said.observed)
            table.add_row(f"shown by the {who[each.shown_by]}", who[each.model], f"{said.sent:,}", *shares, ratio)
        console.print(table)
    if found.arms:
        title = f"surface {found.arms.surface}, challenger_share {found.arms.share:g}"
        table = Table("of what was shown", "champion", "challenger", "difference (95 %)", title=title)
        for what, between in (("sent", found.arms.sent), ("adopted within the window", found.arms.adopted)):
            table.add_row(what, *_arms(between))
        console.print(table)
        if found.arms.left_out:
            console.print(f"{found.arms.left_out:,} were dealt out otherwise, and left out", style="dim")
    if found.replay and not found.replay["gained"]["missing"]:
        gained = found.replay["gained"]
        console.print(
            f"in the challenger's order the first {found.replay['first']} of those shown would have earned "
            f"{gained['value']:+.2%} more each ({gained['low']:+.2%} to {gained['high']:+.2%}), were places no matter",
            highlight=False,
        )
    for why_not in found.not_told:
        console.print(f"cannot be told yet: {why_not}", highlight=False)


def _print_agreement(found: Compared, console: Console) -> None:
    agreement = found.agreement
    console.print(
        f"rank correlation {_figure(agreement.rank_correlation)} over all that were proposed; "
        f"{_share(agreement.kept)} of what was chosen the other would have chosen, too; likelihoods differ by "
        f"{_share(agreement.difference)} on average, the challenger's are "
        f"{_figure(agreement.challenger_over_champion)} times the champion's",
        highlight=False,
    )
    table = Table("of the champion's answers, degree", "shown by choice", "would lose their place", "would gain one")
    for degree, moved in found.by_degree.items():
        table.add_row(degree, f"{moved.shown:,}", f"{moved.lose:,}", f"{moved.gain:,}")
    console.print(table)


def _arms(each: Gap) -> tuple[str, str, str]:
    sides = [
        f"{_share(arm.value)} of {arm.rows:,}, {arm.clusters:,} groups" for arm in (each.champion, each.challenger)
    ]
    if each.difference is None:
        return sides[0], sides[1], "nothing known"
    between = "not known" if each.low is None else f"{each.low:+.2%} to {each.high:+.2%}"
    return sides[0], sides[1], f"{each.difference:+.2%} ({between})"


def _figure(value: float | None) -> str:
    return "beyond measure" if value is None else f"{value:.2f}"


def _print(found: Health, console: Console) -> None:
    calibration = found.calibration
    first = datetime.fromtimestamp(found.as_of - found.window_s, UTC)
    console.print(f"[bold]referral model[/] {found.model}: [bold]{found.verdict}[/]", highlight=False)
    console.print(
        f"{found.shown:,} recommendations shown since {first:%Y-%m-%d}, {_share(found.p_sent)} of them sent; "
        f"of {calibration.sent:,} sent in the window before, {_share(calibration.observed)} adopted "
        f"({_share(calibration.predicted)} predicted)",
        highlight=False,
    )
    if found.rows < found.rows_in_all:
        console.print(f"of {found.rows_in_all:,} recommendations {found.rows:,} were drawn", style="dim")
    table = Table("", "found", "limit", "", "why")
    for each in found.checks:
        said = {True: "passed", False: "[bold red]retrain[/]", None: "not known"}[each.passed]
        table.add_row(each.check, "" if each.value is None else f"{each.value:.3g}", each.limit, said, each.note)
    console.print(table)
    if found.drift.features:
        _print_features(found, console)
    if found.why_due:
        console.print("retraining is due: `sixhop retrain`", highlight=False)


def _print_features(found: Health, console: Console) -> None:
    table = Table("feature", "moved (PSI, nats)", "by chance up to")
    ordered = sorted(found.drift.features.items(), key=lambda each: -each[1].psi)
    for name, moved in ordered[:FEATURES_SHOWN]:
        table.add_row(name, f"{moved.psi:.3f}", f"{moved.by_chance:.3f}")
    if len(ordered) > FEATURES_SHOWN:
        table.add_row(f"… {len(ordered) - FEATURES_SHOWN} more in --json", "", "", style="dim")
    console.print(table)


def _share(value: float | None) -> str:
    return "nothing known" if value is None else f"{value:.2%}"
