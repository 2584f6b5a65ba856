"""`sixhop ask targets` and `sixhop ask chains`: one question to a running service, answered for people or programs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer
from google.protobuf.json_format import MessageToJson
from google.protobuf.message import Message
from rich.console import Console
from rich.table import Table

from sixhop.client import ChainsResult, Client, TargetsResult
from sixhop.domain import Chain, Completeness, StageReport
from sixhop.settings import load_settings

app = typer.Typer(name="ask", help="Ask a running service.", no_args_is_help=True)

WITHIN_S = 5.0
"""A person waits longer than a program would."""
UNNAMED = "(unnamed)"

Address = Annotated[str | None, typer.Option(help="host:port of the service; SIXHOP_GRPC_ADDRESS when not given.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the answer as JSON, for programs.")]
Timeout = Annotated[float, typer.Option("--timeout-s", min=0.001, max=600, help="How long to wait, in seconds.")]
MaxLength = Annotated[int | None, typer.Option(help="How many ties a chain may have, 1 to 6.")]


@app.command()
def targets(
    sender: Annotated[str, typer.Option(help="Id of the member who starts the chains.")],
    offering: Annotated[str, typer.Option(help="Id of what it is about.")],
    limit: Annotated[
        int | None, typer.Option(help="How many at most, 1 to 100; the surface's own when not given.")
    ] = None,
    max_length: MaxLength = None,
    surface: Annotated[str | None, typer.Option(help="Named configuration of the pipeline.")] = None,
    explain: Annotated[bool, typer.Option("--explain", help="Say what each stage did.")] = False,
    as_json: AsJson = False,
    address: Address = None,
    timeout_s: Timeout = WITHIN_S,
) -> None:
    """Whom should a member reach about an offering, and over whom?"""
    with _client(address, timeout_s) as client:
        answer = client.recommend_targets(
            sender_id=sender,
            offering_id=offering,
            limit=limit,
            max_length=max_length,
            surface=surface,
            explain=explain,
        )
    if as_json:
        _print_json(answer.message)
    else:
        _print_targets(answer)


@app.command()
def chains(
    from_id: Annotated[str, typer.Option("--from", help="Id of the member where chains start.")],
    to_id: Annotated[str, typer.Option("--to", help="Id of the member where they end.")],
    max_chains: Annotated[int | None, typer.Option(help="How many at most, 1 to 10.")] = None,
    max_length: MaxLength = None,
    avoid: Annotated[list[str] | None, typer.Option(help="Id of a member who must not stand in between.")] = None,
    explain: Annotated[bool, typer.Option("--explain", help="Say what each stage did.")] = False,
    as_json: AsJson = False,
    address: Address = None,
    timeout_s: Timeout = WITHIN_S,
) -> None:
    """How do two members connect?"""
    with _client(address, timeout_s) as client:
        answer = client.find_chains(
            from_id=from_id,
            to_id=to_id,
            max_chains=max_chains,
            max_length=max_length,
            avoid_ids=avoid or (),
            explain=explain,
        )
    if as_json:
        _print_json(answer.message)
    else:
        _print_chains(answer)


def _client(address: str | None, timeout_s: float) -> Client:
    return Client(address or load_settings().grpc_address, timeout_s=timeout_s)


def _print_json(message: Message) -> None:
    typer.echo(MessageToJson(message, preserving_proto_field_name=True, always_print_fields_with_no_presence=True))


def _print_targets(answer: TargetsResult) -> None:
    console = Console()
    table = Table("", "target", "likelihood" if answer.info.model else "chain score", "chain", "why")
    for place, each in enumerate(answer.recommendations, 1):
        number = each.chain.score if each.likelihood is None else each.likelihood
        table.add_row(str(place), each.target_id, f"{number:.3g}", _chain(each.chain), "\n".join(each.reasons))
    if answer.recommendations:
        console.print(table, markup=False)
    else:
        console.print("nobody to reach: all that was found is filtered out, or nobody is in reach")
    if not answer.info.model:
        console.print("no model scored this answer: it is ordered by chain score, which is not a likelihood")
    _print_footer(console, answer.completeness, f"model {answer.info.model or 'none'}", answer.info.request_id)
    _print_stages(console, answer.info.stages)


def _print_chains(answer: ChainsResult) -> None:
    console = Console()
    table = Table("", "chain", "score", "length")
    for place, chain in enumerate(answer.chains, 1):
        table.add_row(str(place), _chain(chain), f"{chain.score:.6f}", str(chain.length))
    console.print(table if answer.chains else "no chain was found", markup=False)
    _print_footer(console, answer.completeness, "", answer.info.request_id)
    _print_stages(console, answer.info.stages)


def _chain(chain: Chain) -> str:
    """m1 → m7 (0.04) → m9 (0.02): each member with the probability that the one before gets them to pass it on."""
    steps = zip(chain.members[1:], chain.ties, strict=True)
    return chain.members[0] + "".join(f" → {member or UNNAMED} ({tie.pass_on:.2g})" for member, tie in steps)


def _print_footer(console: Console, completeness: Completeness, model: str, request_id: str) -> None:
    parts = [model] if model else []
    if completeness.missing:
        parts.append(f"without {', '.join(completeness.missing)}")
    parts += [f"complete above a score of {completeness.certificate.complete_above:.2g}", f"request {request_id}"]
    console.print("; ".join(parts), markup=False, highlight=False)


def _print_stages(console: Console, stages: Sequence[StageReport]) -> None:
    if stages:
        table = Table("stage", "part", "kept", "removed", "ms", "missing")
        for each in stages:
            removed = ", ".join(f"{count} {reason}" for reason, count in sorted(each.removed.items()))
            table.add_row(each.stage, each.name, str(each.kept), removed, f"{each.elapsed_s * 1000:.1f}", each.missing)
        console.print(table, markup=False)
