"""Makes callers of client certificates, by a file that says which certificate is whose. Knows nothing of TLS itself.

The file is YAML or JSON:

    callers:
      - san: spiffe://acme/recommender        # any subject alternative name of the certificate; or
        realm: demo
        enterprise: acme                      # left out: the whole realm is seen
        scopes: [recommend]
      - subject: CN=loader,O=alliance         # its subject, most specific part first
        realm: demo
        scopes: [write, erase]
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from sixhop.errors import Denied, Misconfigured, Reason
from sixhop.identity.caller import Caller, Scope

_Name = Annotated[str, Field(min_length=1, max_length=256)]


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    san: _Name | None = None
    subject: _Name | None = None
    realm: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}$")]
    enterprise: Annotated[str, Field(min_length=1, max_length=128)] | None = None
    scopes: frozenset[Scope]

    @model_validator(mode="after")
    def _names_one_certificate(self) -> _Entry:
        if (self.san is None) == (self.subject is None):
            raise ValueError("needs either san or subject")
        return self

    def caller(self) -> Caller:
        return Caller(self.realm, self.scopes, self.san or self.subject or "", self.enterprise)


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    callers: Annotated[tuple[_Entry, ...], Field(min_length=1)]


class Certificates:
    """Which certificate is whose. Raises `Misconfigured` when the file cannot be used."""

    def __init__(self, path: Path) -> None:
        try:
            entries = _File.model_validate(yaml.safe_load(path.read_text(encoding="utf-8"))).callers
        except (OSError, yaml.YAMLError, ValidationError) as error:
            raise Misconfigured(
                f"SIXHOP_TLS_CALLERS: {path} does not say whose certificates are whose: {error}"
            ) from error
        names = [("san", each.san) if each.san else ("subject", each.subject) for each in entries]
        if twice := sorted({str(name) for kind, name in names if names.count((kind, name)) > 1}):
            raise Misconfigured(f"SIXHOP_TLS_CALLERS: {path} has more than one entry for {', '.join(twice)}")
        self._by_san = {each.san: each.caller() for each in entries if each.san}
        self._by_subject = {each.subject: each.caller() for each in entries if each.subject}

    def caller(self, *, subject: str, alternative_names: Sequence[str]) -> Caller:
        """Whose certificate it is that TLS has checked.

        Raises:
            Denied: nobody's, or that of more than one.
        """
        found = {self._by_san[name] for name in alternative_names if name in self._by_san}
        found |= {self._by_subject[subject]} if subject in self._by_subject else set()
        if len(found) != 1:
            which = "is nobody's" if not found else "fits more than one entry"
            raise Denied(f"certificate refused: it {which} in SIXHOP_TLS_CALLERS", reason=Reason.UNAUTHENTICATED)
        return found.pop()
