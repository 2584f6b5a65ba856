"""Stack Exchange "Android" cascades: who used which tag in which order, and who exchanged a question and an answer.

An offering is a tag, an experience a user's first use of it. The files give each use in seconds since the tag's first,
and no date. But a post has up to five tags: whoever first used two of them in one post has both at one instant, so the
difference of that user's two times is how much later one tag began than the other. Where two or more users give the
same difference to the second, it is taken; all such differences agree with each other around every cycle, or none of
it is used. What hangs together is on one clock, whose zero (1970-01-01) is its first use; tags that hang on nothing are
left out. Users link to users, of unknown age, both ways.

Source: A. Sankar, X. Zhang, A. Krishnan, J. Han, "Inf-VAE", WSDM 2020; Stack Exchange data dump (CC BY-SA).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from pathlib import Path

from folders import NotThere, Table, lines, members, ties

FILES = ("train.txt.gz", "val.txt.gz", "test.txt.gz")
"""The publishers' own three parts, put together again: ours are made by time."""
FEWEST_AGREEING = 2
"""Of some hundred users with both tags two give the same second by chance once in ten thousand pairs of tags."""

Cascade = dict[str, int]
"""Seconds after the cascade's first use, by user."""


def android(source: Path) -> Mapping[str, Table]:
    cascades = [_cascade(line) for name in FILES for line in lines(source / name)]
    links = [(u, v) for u, v in (line.split() for line in lines(source / "graph.txt.gz")[1:])]
    begins = begin_of_each(cascades)
    uses = [
        (f"u{user}", f"tag-{number}", begin + after)
        for number, begin in begins.items()
        for user, after in cascades[number].items()
    ]
    users = {user for link in links for user in link} | {user for cascade in cascades for user in cascade}
    return {
        "members": members(f"u{user}" for user in users),
        "ties": ties((f"u{u}", f"u{v}") for u, v in links),
        "offerings": (("offering_id", "kind"), [(f"tag-{number}", "content") for number in begins]),
        "experiences": (("member_id", "offering_id", "at"), uses),
    }


def begin_of_each(cascades: Sequence[Cascade]) -> dict[int, int]:
    """When each cascade began, in seconds after the first of all; only of those that hang together.

    Raises
    ------
    NotThere
        Two ways around a cycle give different times: what was inferred is wrong.
    """
    root, ahead = list(range(len(cascades))), [0] * len(cascades)

    def find(number: int) -> tuple[int, int]:
        """The one it hangs on, and how much later it began than that one."""
        later = 0
        while root[number] != number:
            later, number = later + ahead[number], root[number]
        return number, later

    for one, other, later in _differences(cascades):
        (top, own), (other_top, others) = find(one), find(other)
        if top == other_top and others - own != later:
            raise NotThere("cascades: times inferred from posts with two tags contradict each other")
        if top != other_top:
            root[other_top], ahead[other_top] = top, own + later - others
    largest, _ = Counter(find(number)[0] for number in range(len(cascades))).most_common(1)[0]
    begins = {number: find(number)[1] for number in range(len(cascades)) if find(number)[0] == largest}
    first = min(begins.values())
    return {number: begin - first for number, begin in begins.items()}


def _differences(cascades: Sequence[Cascade]) -> Iterator[tuple[int, int, int]]:
    """(one, other, how many seconds later the other began), those that most users tell of first."""
    of_user: dict[str, list[int]] = defaultdict(list)
    for number, cascade in enumerate(cascades):
        for user in cascade:
            of_user[user].append(number)
    seen: dict[tuple[int, int], Counter[int]] = defaultdict(Counter)
    for user, numbers in of_user.items():
        for one, other in combinations(numbers, 2):
            seen[one, other][cascades[one][user] - cascades[other][user]] += 1
    best = ((*pair, *later.most_common(1)[0]) for pair, later in seen.items())
    enough = sorted((-users, one, other, later) for one, other, later, users in best if users >= FEWEST_AGREEING)
    yield from ((one, other, later) for _, one, other, later in enough)


def _cascade(line: str) -> Cascade:
    seed, *rest = line.split()
    return {seed: 0} | {user: int(float(after)) for user, after in zip(rest[::2], rest[1::2], strict=True)}
