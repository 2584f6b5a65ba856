"""`sixhop ask targets|referrers|chains|next-hop|degrees`: one question to a running service, for people or programs.

What it calls with comes from the environment: SIXHOP_TOKEN_FILE, and for TLS SIXHOP_SERVER_CA, SIXHOP_CLIENT_CERT and
SIXHOP_CLIENT_KEY.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import typer
from google.protobuf.json_format import MessageToJson

from sixhop.cli import answers
from sixhop.client import Client
from sixhop.client.credentials import credentials_of
from sixhop.client.results import ChainsResult, DegreesResult, NextHopResult, ReferrersResult, TargetsResult
from sixhop.domain import Moment
from sixhop.settings import load_settings

app = typer.Typer(name="ask", help="Ask a running service.", no_args_is_help=True)

Answered = TargetsResult | ReferrersResult | ChainsResult | NextHopResult | DegreesResult
WITHIN_S = 5.0
"""A person waits longer than a program would."""

Address = Annotated[str | None, typer.Option(help="host:port of the service; SIXHOP_GRPC_ADDRESS when not given.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the answer as JSON, for programs.")]
Timeout = Annotated[float, typer.Option("--timeout-s", min=0.001, max=600, help="How long to wait, in seconds.")]
Avoid = Annotated[list[str] | None, typer.Option(help="Id of a member who must not stand in between.")]
MaxLength = Annotated[int | None, typer.Option(help="How many ties a chain may have, 1 to 6.")]
Offering = Annotated[str, typer.Option(help="Id of what it is about.")]
Limit = Annotated[int | None, typer.Option(help="How many at most, 1 to 100; the surface's own when not given.")]
SurfaceName = Annotated[str | None, typer.Option("--surface", help="Named configuration of the pipeline.")]
Place = Annotated[str, typer.Option(help="Where it would happen, for example a city.")]
Channel = Annotated[str, typer.Option(help="Over which channel it would happen, for example chat.")]
Explain = Annotated[bool, typer.Option("--explain", help="Say what each stage found, kept and removed, and why.")]


@app.command()
def targets(
    sender: Annotated[str, typer.Option(help="Id of the member who starts the chains.")],
    offering: Offering,
    more_offering: Annotated[
        list[str] | None, typer.Option(help="Id of a further offering: each target gets the best one for it.")
    ] = None,
    limit: Limit = None,
    max_length: MaxLength = None,
    min_degree: Annotated[int | None, typer.Option(help="The least degree of a target, 1 to 6.")] = None,
    max_degree: Annotated[int | None, typer.Option(help="The largest degree of a target, 1 to 6.")] = None,
    community: Annotated[str | None, typer.Option(help="Id of a community: only its members.")] = None,
    candidate: Annotated[list[str] | None, typer.Option(help="Id of a member: only those given so.")] = None,
    place: Place = "",
    channel: Channel = "",
    surface: SurfaceName = None,
    explain: Explain = False,
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
            more_offering_ids=more_offering or (),
            min_degree=min_degree,
            max_degree=max_degree,
            community_id=community,
            candidate_ids=candidate or (),
            moment=_moment(place, channel),
            explain=explain,
        )
    nobody = "nobody to reach: all that was found is filtered out, or nobody is in reach"
    _show(answer, as_json, lambda: answers.print_recommended(answer, "target", nobody))


@app.command()
def referrers(
    offering: Offering,
    target: Annotated[str | None, typer.Option(help="Id of the member who is to be reached.")] = None,
    enterprise: Annotated[str | None, typer.Option(help="Id of an enterprise: anyone who acts for it.")] = None,
    limit: Limit = None,
    max_length: MaxLength = None,
    place: Place = "",
    channel: Channel = "",
    surface: SurfaceName = None,
    explain: Explain = False,
    as_json: AsJson = False,
    address: Address = None,
    timeout_s: Timeout = WITHIN_S,
) -> None:
    """Who should reach a member, or an enterprise, about an offering, and over whom?"""
    with _client(address, timeout_s) as client:
        answer = client.recommend_referrers(
            offering_id=offering,
            target_id=target,
            enterprise_id=enterprise,
            limit=limit,
            max_length=max_length,
            moment=_moment(place, channel),
            surface=surface,
            explain=explain,
        )
    nobody = "nobody to ask: no one who has the offering is in reach"
    _show(answer, as_json, lambda: answers.print_recommended(answer, "referrer", nobody))


@app.command()
def chains(
    from_id: Annotated[str, typer.Option("--from", help="Id of the member where chains start.")],
    to_id: Annotated[str, typer.Option("--to", help="Id of the member where they end.")],
    max_chains: Annotated[int | None, typer.Option(help="How many at most, 1 to 10.")] = None,
    max_length: MaxLength = None,
    avoid: Avoid = None,
    only_named: Annotated[bool, typer.Option("--only-named", help="Only over members who may be named.")] = False,
    slice_of: Annotated[
        str | None, typer.Option("--slice", help="Only over this enterprise's slice of members.")
    ] = None,
    explain: Explain = False,
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
            only_named=only_named,
            slice_enterprise_id=slice_of,
            explain=explain,
        )
    _show(answer, as_json, lambda: answers.print_chains(answer))


@app.command()
def next_hop(
    outreach: Annotated[str, typer.Option(help="Id of the outreach.")],
    avoid: Avoid = None,
    explain: Explain = False,
    as_json: AsJson = False,
    address: Address = None,
    timeout_s: Timeout = WITHIN_S,
) -> None:
    """How does an outreach go on: whom to talk to now, and over whom from there?"""
    with _client(address, timeout_s) as client:
        answer = client.next_hop(outreach_id=outreach, avoid_ids=avoid or (), explain=explain)
    _show(answer, as_json, lambda: answers.print_next_hop(answer))


@app.command()
def degrees(
    from_id: Annotated[str, typer.Option("--from", help="Id of the member that ties are counted from.")],
    to: Annotated[list[str], typer.Option(help="Id of a member to count to; at most 500 of them.")],
    explain: Explain = False,
    as_json: AsJson = False,
    address: Address = None,
    timeout_s: Timeout = WITHIN_S,
) -> None:
    """How many ties away are members from one member?"""
    with _client(address, timeout_s) as client:
        answer = client.get_degrees(member_id=from_id, target_ids=to, explain=explain)
    _show(answer, as_json, lambda: answers.print_degrees(answer))


def _client(address: str | None, timeout_s: float) -> Client:
    settings = load_settings()
    return Client(address or settings.grpc_address, timeout_s=timeout_s, credentials=credentials_of(settings))


def _show(answer: Answered, as_json: bool, print_it: Callable[[], None]) -> None:
    """For programs the message as it came, with every field; else as a table."""
    if not as_json:
        print_it()
        return
    text = MessageToJson(answer.message, preserving_proto_field_name=True, always_print_fields_with_no_presence=True)
    typer.echo(text)


def _moment(place: str, channel: str) -> Moment | None:
    return Moment(place, channel=channel) if place or channel else None
