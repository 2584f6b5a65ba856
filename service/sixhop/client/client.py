"""A synchronous client of one service. Knows channels and deadlines; nothing of what is answered."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Self, TypeVar

import grpc
from google.protobuf.timestamp_pb2 import Timestamp

from sixhop._gen.sixhop.v1 import member_pb2, member_pb2_grpc, recommendation_pb2, recommendation_pb2_grpc
from sixhop.client.credentials import Credentials
from sixhop.client.errors import error_of
from sixhop.client.results import (
    ChainsResult,
    DegreesResult,
    NextHopResult,
    ReferrersResult,
    TargetsResult,
    chains_result,
    degrees_result,
    next_hop_result,
    recommended,
)
from sixhop.deadlines import FIND_CHAINS_WITHIN_S, GET_DEGREES_WITHIN_S, NEXT_HOP_WITHIN_S, RECOMMEND_WITHIN_S
from sixhop.domain import Moment
from sixhop.errors import InvalidInput

M = TypeVar("M")

_OPTIONS = (("grpc.enable_retries", 0),)


class Client:
    """Asks one service; use it as a context manager, from as many threads as you like.

    Args:
        address: host:port of `sixhop serve`.
        timeout_s: Deadline of every call; the service's own defaults (0.2 s, 0.5 s for chains and next hops, 1 s for
            degrees) when not given.
        credentials: A token, TLS, or both; none when not given.

    Raises:
        Misconfigured: the credentials cannot be used, or would be sent in the clear.
    """

    def __init__(
        self,
        address: str = "127.0.0.1:50051",
        *,
        timeout_s: float | None = None,
        credentials: Credentials | None = None,
    ) -> None:
        self._address = address
        self._timeout_s = timeout_s
        self._credentials = credentials or Credentials()
        self._channel = self._credentials.open_channel(address, _OPTIONS)
        self._stub = recommendation_pb2_grpc.RecommendationServiceStub(self._channel)  # type: ignore[no-untyped-call]
        self._members = member_pb2_grpc.MemberServiceStub(self._channel)  # type: ignore[no-untyped-call]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._channel.close()

    def recommend_targets(
        self,
        *,
        sender_id: str,
        offering_id: str,
        limit: int | None = None,
        max_length: int | None = None,
        surface: str | None = None,
        more_offering_ids: Sequence[str] = (),
        min_degree: int | None = None,
        max_degree: int | None = None,
        community_id: str | None = None,
        candidate_ids: Sequence[str] = (),
        moment: Moment | None = None,
        freshness_token: str | None = None,
        explain: bool = False,
    ) -> TargetsResult:
        """Whom the sender should reach about the offering, or about the one of several that is best for each.

        Args:
            sender_id: Who starts the chains.
            offering_id: What it is about.
            limit: How many at most; the surface's own when not given.
            max_length: How many ties a chain may have.
            surface: Named configuration of the pipeline.
            more_offering_ids: Further offerings.
            min_degree: The least degree of a target.
            max_degree: The largest degree of a target.
            community_id: Only its members, and those of the communities within it.
            candidate_ids: Only these members.
            moment: Place, time and channel.
            freshness_token: What a write returned; the answer has seen that write.
            explain: Whether to say what each stage did with whom.

        Raises:
            SixhopError: with the service's reason.
        """
        request = recommendation_pb2.RecommendTargetsRequest(
            sender_id=sender_id,
            offering_id=offering_id,
            limit=limit,
            max_length=max_length,
            surface=surface,
            more_offering_ids=more_offering_ids,
            min_degree=min_degree,
            max_degree=max_degree,
            community_id=community_id,
            candidate_ids=candidate_ids,
            moment=_moment(moment),
            freshness_token=freshness_token,
            explain=explain,
        )
        answer = self._call(self._stub.RecommendTargets, request, RECOMMEND_WITHIN_S)
        return TargetsResult(*recommended(answer), answer)

    def recommend_referrers(
        self,
        *,
        offering_id: str,
        target_id: str | None = None,
        enterprise_id: str | None = None,
        limit: int | None = None,
        max_length: int | None = None,
        surface: str | None = None,
        moment: Moment | None = None,
        freshness_token: str | None = None,
        explain: bool = False,
    ) -> ReferrersResult:
        """Who should reach the member, or anyone who acts for the enterprise, about the offering.

        Args:
            offering_id: What it is about.
            target_id: Who is to be reached; or
            enterprise_id: for whom those act who are.
            limit: How many at most; the surface's own when not given.
            max_length: How many ties a chain may have.
            surface: Named configuration of the pipeline.
            moment: Place, time and channel.
            freshness_token: What a write returned; the answer has seen that write.
            explain: Whether to say what each stage did with whom.

        Raises:
            InvalidInput: not one of `target_id` and `enterprise_id` is given.
            SixhopError: with the service's reason.
        """
        if (target_id is None) == (enterprise_id is None):
            raise InvalidInput(
                "1 field is out of bounds; mend it and ask again",
                violations=(("target", "exactly one of target_id, enterprise_id must be given"),),
            )
        request = recommendation_pb2.RecommendReferrersRequest(
            target_id=target_id,
            enterprise_id=enterprise_id,
            offering_id=offering_id,
            limit=limit,
            max_length=max_length,
            surface=surface,
            moment=_moment(moment),
            freshness_token=freshness_token,
            explain=explain,
        )
        answer = self._call(self._stub.RecommendReferrers, request, RECOMMEND_WITHIN_S)
        return ReferrersResult(*recommended(answer), answer)

    def find_chains(
        self,
        *,
        from_id: str,
        to_id: str,
        max_chains: int | None = None,
        max_length: int | None = None,
        avoid_ids: Sequence[str] = (),
        only_named: bool = False,
        slice_enterprise_id: str | None = None,
        freshness_token: str | None = None,
        explain: bool = False,
    ) -> ChainsResult:
        """The best chains from one member to another; over named members or one enterprise's slice where that is asked.

        Raises:
            SixhopError: with the service's reason.
        """
        request = recommendation_pb2.FindChainsRequest(
            from_id=from_id,
            to_id=to_id,
            max_chains=max_chains,
            max_length=max_length,
            avoid_ids=avoid_ids,
            only_named=only_named,
            slice_enterprise_id=slice_enterprise_id,
            freshness_token=freshness_token,
            explain=explain,
        )
        return chains_result(self._call(self._stub.FindChains, request, FIND_CHAINS_WITHIN_S))

    def next_hop(
        self,
        *,
        outreach_id: str,
        avoid_ids: Sequence[str] = (),
        freshness_token: str | None = None,
        explain: bool = False,
    ) -> NextHopResult:
        """How an outreach goes on: whom to talk to now, and the chain ahead.

        Raises:
            SixhopError: with the service's reason.
        """
        request = recommendation_pb2.NextHopRequest(
            outreach_id=outreach_id, avoid_ids=avoid_ids, freshness_token=freshness_token, explain=explain
        )
        return next_hop_result(self._call(self._stub.NextHop, request, NEXT_HOP_WITHIN_S))

    def get_degrees(
        self,
        *,
        member_id: str,
        target_ids: Sequence[str],
        freshness_token: str | None = None,
        explain: bool = False,
    ) -> DegreesResult:
        """How many ties away from one member others are, at most 500 of them.

        Raises:
            SixhopError: with the service's reason.
        """
        request = member_pb2.GetDegreesRequest(
            member_id=member_id, target_ids=target_ids, freshness_token=freshness_token, explain=explain
        )
        return degrees_result(self._call(self._members.GetDegrees, request, GET_DEGREES_WITHIN_S))

    def _call(self, method: Callable[..., M], request: Any, default_s: float) -> M:
        try:
            return method(request, timeout=self._timeout_s or default_s, metadata=self._credentials.metadata())
        except grpc.RpcError as error:
            raise error_of(error, self._address) from error


def _moment(moment: Moment | None) -> recommendation_pb2.Moment | None:
    if moment is None:
        return None
    at = None if moment.at is None else Timestamp(seconds=moment.at)
    return recommendation_pb2.Moment(place=moment.place, at=at, channel=moment.channel)
