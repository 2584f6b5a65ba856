"""Prints answers of a service for people: a table, how whole it is, and what each stage did. Knows no channels."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from sixhop.client import ChainsResult, DegreesResult, NextHopResult, ReferrersResult, TargetsResult
from sixhop.degrees import Degree, DegreeState
from sixhop.domain import Chain, Completeness, Recommendation, StageReport
from sixhop.outreach import NextHopState

UNNAMED = "(unnamed)"


def print_recommended(answer: TargetsResult | ReferrersResult, subject: str, nobody: str) -> None:
    console = Console()
    shown = answer.recommendations
    several = len({each.offering_id for each in shown}) > 1
    table = Table("", subject, "likelihood" if answer.info.model else "chain score", "chain", "why")
    for place, each in enumerate(shown, 1):
        number = each.chain.score if each.likelihood is None else each.likelihood
        why = [f"about {each.offering_id}"] * several + list(each.reasons)
        table.add_row(str(place), _subject(each, subject), f"{number:.3g}", _chain(each.chain), "\n".join(why))
    if shown:
        console.print(table, markup=False)
    else:
        console.print(nobody)
    if not answer.info.model:
        console.print("no model scored this answer: it is ordered by chain score, which is not a likelihood")
    _print_footer(console, answer.completeness, f"model {answer.info.model or 'none'}", answer.info.request_id)
    _print_stages(console, answer.info.stages)


def _subject(shown: Recommendation, subject: str) -> str:
    return shown.target_id if subject == "target" else shown.sender_id


def print_chains(answer: ChainsResult) -> None:
    console = Console()
    table = Table("", "chain", "score", "length")
    for place, chain in enumerate(answer.chains, 1):
        table.add_row(str(place), _chain(chain), f"{chain.score:.6f}", str(chain.length))
    console.print(table if answer.chains else "no chain was found", markup=False)
    _print_footer(console, answer.completeness, "", answer.info.request_id)
    _print_stages(console, answer.info.stages)


_NEXT_HOPS = {
    NextHopState.TALK: "{speaker} talks to {contact}",
    NextHopState.AWAIT_ANSWER: "{contact} was asked by {speaker} and has not answered",
    NextHopState.OVER: "it is over: the target was reached, or it has its outcome",
    NextHopState.NO_CHAIN: "nobody who passed it on has a chain left to the target",
}


def print_next_hop(answer: NextHopResult) -> None:
    console = Console()
    who = {"speaker": answer.speaker_id or UNNAMED, "contact": answer.next_contact_id or UNNAMED}
    console.print(_NEXT_HOPS[answer.state].format(**who), markup=False)
    if answer.chain is not None:
        table = Table("chain", "score", "length", "planned so")
        planned = "no" if answer.replanned else "yes"
        table.add_row(_chain(answer.chain), f"{answer.chain.score:.6f}", str(answer.chain.length), planned)
        console.print(table, markup=False)
    if answer.declined:
        console.print(f"declined or did not answer so far: {answer.declined}", markup=False)
    _print_footer(console, answer.completeness, "", answer.info.request_id)
    _print_stages(console, answer.info.stages)


def print_degrees(answer: DegreesResult) -> None:
    console = Console()
    table = Table("member", "degree")
    for each in answer.degrees:
        table.add_row(each.member_id, _degree(each))
    console.print(table, markup=False)
    stopped = [f"some are unknown because of: {answer.stopped_by}"] if answer.stopped_by else []
    console.print("; ".join([*stopped, f"request {answer.info.request_id}"]), markup=False, highlight=False)
    _print_stages(console, answer.info.stages)


def _degree(degree: Degree) -> str:
    match degree.state:
        case DegreeState.EXACT:
            return str(degree.degree)
        case DegreeState.BEYOND:
            return "more than 6"
        case DegreeState.NO_MEMBER:
            return "no such member"
        case DegreeState.UNKNOWN:
            return f"at least {degree.at_least}" + (f", at most {degree.at_most}" if degree.at_most else "")


def _chain(chain: Chain) -> str:
    """m1 → m7 (0.04) → m9 (0.02): each member with the probability that the one before gets them to pass it on."""
    steps = zip(chain.members[1:], chain.ties, strict=True)
    return (chain.members[0] or UNNAMED) + "".join(
        f" → {member or UNNAMED} ({tie.pass_on:.2g})" for member, tie in steps
    )


def _print_footer(console: Console, completeness: Completeness, model: str, request_id: str) -> None:
    parts = [model] if model else []
    if completeness.missing:
        parts.append(f"without {', '.join(completeness.missing)}")
    if completeness.stopped_by:
        parts.append(f"stopped by {completeness.stopped_by}")
    parts += [f"complete above a score of {completeness.certificate.complete_above:.2g}", f"request {request_id}"]
    console.print("; ".join(parts), markup=False, highlight=False)


def _print_stages(console: Console, stages: Sequence[StageReport]) -> None:
    if stages:
        table = Table("stage", "name", "kept", "removed", "ms", "missing")
        for each in stages:
            removed = ", ".join(f"{count} {reason}" for reason, count in sorted(each.removed.items()))
            table.add_row(each.stage, each.name, str(each.kept), removed, f"{each.elapsed_s * 1000:.1f}", each.missing)
        console.print(table, markup=False)
