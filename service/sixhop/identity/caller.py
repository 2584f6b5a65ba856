"""The caller of a request: a realm, perhaps an enterprise, and scopes. Knows not how it was proven."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Scope(StrEnum):
    """What a caller may do. Each call needs one of them: `rpc/access.py`."""

    RECOMMEND = "recommend"
    WRITE = "write"
    CAMPAIGN = "campaign"
    MODEL_READ = "model:read"
    MODEL_PROMOTE = "model:promote"
    ERASE = "erase"


ALL_SCOPES = frozenset(Scope)


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls. With an enterprise it sees only that enterprise's slice of the members, without one all of them."""

    realm: str
    scopes: frozenset[Scope]
    subject: str
    """Who it is by its token or certificate, for the audit log."""
    enterprise_id: str | None = None


def scopes_of(names: Iterable[str]) -> frozenset[Scope]:
    """The scopes among `names`: what is granted for other services means nothing here."""
    known = {scope.value for scope in Scope}
    return frozenset(Scope(name) for name in names if name in known)
