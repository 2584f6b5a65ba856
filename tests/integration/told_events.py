"""Random events about a few members, close together in time, so that they get in each other's way."""

from __future__ import annotations

from hypothesis import strategies as st

from sixhop.events import (
    Blocked,
    Contacted,
    Event,
    Experienced,
    HopTold,
    Link,
    LinkTold,
    Node,
    NodeTold,
    OutreachEnded,
    OutreachStarted,
    TieTold,
    Voiced,
    What,
)

FIRST_AT = 1_700_000_000
DAY_S = 86_400
MEMBERS = [f"m{i}" for i in range(5)]
TIMES = [FIRST_AT + each * DAY_S for each in (0, 0, 1, 2, 3, 90, 180)]

member = st.sampled_from(MEMBERS)
pair = st.permutations(MEMBERS).map(lambda ids: (ids[0], ids[1]))
offering = st.sampled_from(["o1", "o2"])
sentiment = st.none() | st.sampled_from([-1.0, -0.5, 0.0, 0.25, 1.0])
word = st.none() | st.sampled_from(["a", "b"])


def some(**fields: st.SearchStrategy[object]) -> st.SearchStrategy[dict[str, object]]:
    return st.fixed_dictionaries({}, optional=fields)


contacts = st.builds(
    lambda ends, channel, felt: Contacted(*ends, channel=channel or "", sentiment=felt), pair, word, sentiment
)
ties = st.builds(
    lambda ends, kind, since, strength, felt, ended: TieTold(*ends, kind, since, strength, felt, ended),
    pair,
    word,
    st.none(),
    st.none() | st.sampled_from([0.0, 0.5, 3.0]),
    sentiment,
    st.integers(0, 5).map(lambda n: n == 0),
)
nodes = st.one_of(
    st.builds(
        NodeTold,
        st.just(Node.MEMBER),
        member,
        some(
            name=word,
            can_be_named=st.booleans(),
            can_introduce=st.none() | st.booleans(),
            opted_out_at=st.none() | st.sampled_from(TIMES),
            interests=st.sampled_from([["x"], ["x", "y"]]),
        ),
    ),
    st.builds(NodeTold, st.just(Node.OFFERING), offering, some(name=word, price=st.sampled_from([1.0, 2.0])), word),
    st.builds(NodeTold, st.just(Node.ENTERPRISE), st.sampled_from(["a", "b"]), some(name=word), word),
    st.builds(NodeTold, st.just(Node.COMMUNITY), st.sampled_from(["c1", "c2"]), some(name=word), word),
)
links = st.one_of(
    st.builds(
        LinkTold,
        st.just(Link.CUSTOMER_OF),
        member,
        st.sampled_from(["a", "b"]),
        some(stage=st.sampled_from(["visitor", "lapsed"]), attitude=sentiment),
    ),
    st.builds(
        LinkTold, st.just(Link.ACTS_FOR), member, st.just("a"), some(role=word, until=st.none() | st.just(FIRST_AT))
    ),
    st.builds(LinkTold, st.just(Link.BELONGS_TO), member, st.just("c1"), some(role=word, weight=st.just(0.5))),
)
experiences = st.builds(
    Experienced,
    member,
    offering,
    st.sampled_from(["use", "trial"]),
    sentiment,
    st.none() | st.sampled_from([1.0, 2.5]),
    word,
    word,
)
voices = st.builds(
    Voiced,
    st.just("v1"),
    st.just("m0"),
    st.just("o1"),
    st.sampled_from(["need", "idea"]),
    st.booleans(),
    st.none() | member,
)
blocks = st.builds(lambda ends, lifted: Blocked(*ends, lifted), pair, st.booleans())
outreaches = st.one_of(
    st.builds(
        lambda ids, count, token: OutreachStarted("r1", ids[0], ids[1], "o1", tuple(ids[2 : 2 + count]), token),
        st.permutations(MEMBERS),
        st.integers(0, 2),
        word,
    ),
    st.builds(
        HopTold,
        st.just("r1"),
        st.integers(1, 3),
        member,
        st.sampled_from(["asked", "passed_on", "declined", "no_answer", "acted"]),
    ),
    st.builds(OutreachEnded, st.just("r1"), st.sampled_from(["adopted", "declined", "opted_out", "complained"])),
)
anything: st.SearchStrategy[What] = st.one_of(
    contacts, contacts, ties, nodes, links, experiences, voices, blocks, outreaches
)


@st.composite
def told(draw: st.DrawFn, what: st.SearchStrategy[What] = anything, most: int = 25) -> list[Event]:
    """Events in order of time."""
    drawn = draw(st.lists(st.tuples(st.sampled_from(TIMES), what), min_size=2, max_size=most))
    drawn.sort(key=lambda each: each[0])
    return [Event(f"e{i}", at, each) for i, (at, each) in enumerate(drawn)]
