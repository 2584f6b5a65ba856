"""What each call needs of its caller, and whom its requests speak of. A call that is not in the table is refused."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from google.protobuf.message import Message

from sixhop.identity.caller import Caller, Scope


@dataclass(frozen=True, slots=True)
class Access:
    """The one scope that a call needs, and the fields of its request that hold ids of whom it is about.

    `whole_realm`: only for callers without an enterprise, who see all of the realm.
    """

    scope: Scope
    about: tuple[str, ...] = ()
    whole_realm: bool = False

    def allows(self, caller: Caller) -> bool:
        return self.scope in caller.scopes and not (self.whole_realm and caller.enterprise_id is not None)


CALLS = {
    "/sixhop.v1.RecommendationService/RecommendTargets": Access(Scope.RECOMMEND, ("sender_id", "candidate_ids")),
    "/sixhop.v1.RecommendationService/RecommendReferrers": Access(Scope.RECOMMEND, ("target_id", "enterprise_id")),
    "/sixhop.v1.RecommendationService/RecommendPairs": Access(Scope.CAMPAIGN, ("campaign_id",)),
    "/sixhop.v1.RecommendationService/FindChains": Access(Scope.RECOMMEND, ("from_id", "to_id", "avoid_ids")),
    "/sixhop.v1.RecommendationService/NextHop": Access(Scope.RECOMMEND, ("outreach_id", "avoid_ids")),
    "/sixhop.v1.MemberService/GetDegrees": Access(Scope.RECOMMEND, ("member_id", "target_ids")),
    # Who may tell any event could make a customer of anybody, and so see them: not for those who see a slice.
    "/sixhop.v1.GraphService/RecordEvents": Access(Scope.WRITE, whole_realm=True),
    "/sixhop.v1.GraphService/StreamEvents": Access(Scope.WRITE, whole_realm=True),
    # A cursor counts the voices of the whole realm.
    "/sixhop.v1.GraphService/WatchVoices": Access(Scope.RECOMMEND, whole_realm=True),
    "/sixhop.v1.GraphService/ListVoices": Access(Scope.RECOMMEND, whole_realm=True),
    "/sixhop.v1.GraphService/EraseMember": Access(Scope.ERASE, ("member_id",)),
    "/sixhop.v1.GraphService/ExportMember": Access(Scope.ERASE, ("member_id",)),
    # Models, their figures and what is said of changes are of the whole realm.
    "/sixhop.v1.ModelService/ListModels": Access(Scope.MODEL_READ, whole_realm=True),
    "/sixhop.v1.ModelService/GetModel": Access(Scope.MODEL_READ, whole_realm=True),
    "/sixhop.v1.ModelService/PromoteModel": Access(Scope.MODEL_PROMOTE, whole_realm=True),
    "/sixhop.v1.ModelService/RollbackModel": Access(Scope.MODEL_PROMOTE, whole_realm=True),
    "/sixhop.v1.ModelService/Retrain": Access(Scope.MODEL_PROMOTE, whole_realm=True),
    "/google.longrunning.Operations/ListOperations": Access(Scope.MODEL_READ, whole_realm=True),
    "/google.longrunning.Operations/GetOperation": Access(Scope.MODEL_READ, whole_realm=True),
    "/google.longrunning.Operations/WaitOperation": Access(Scope.MODEL_READ, whole_realm=True),
    "/google.longrunning.Operations/CancelOperation": Access(Scope.MODEL_PROMOTE, whole_realm=True),
    "/google.longrunning.Operations/DeleteOperation": Access(Scope.MODEL_PROMOTE, whole_realm=True),
}
"""By full name of the method; a test holds it together with the protos."""


def asked_about(method: str, request: object) -> Iterator[tuple[str, list[str]]]:
    """The ids in a request by the field they stand in, as far as the table names them; of what is no request none."""
    for field in CALLS[method].about if method in CALLS and isinstance(request, Message) else ():
        value = getattr(request, field)
        ids = [value] if isinstance(value, str) else list(value)
        if ids := [each for each in ids if each]:
            yield field, ids
