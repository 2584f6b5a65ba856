"""The process's own settings, read once from `SIXHOP_*` by the composition root. Knows nothing of the graph.

What the data means lives in the realm's settings (in the graph), what growth engineers tune lives in surfaces.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from sixhop.errors import Misconfigured

PREFIX = "SIXHOP_"
_ADDRESS = re.compile(r"^(\[[0-9a-fA-F:]+\]|[^:\s]+):(\d{1,5})$")
_AT_ONCE = max(2, os.cpu_count() or 1)
_LOOPBACK_HOSTS = frozenset({"127.0.0.1", "localhost", "[::1]"})
_CLAIM = r"^[A-Za-z0-9_:./-]{1,128}$"


class Settings(BaseSettings):
    """Addresses, paths and pools of one process. Every field is `SIXHOP_<NAME>` in the environment."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid", frozen=True)

    realm: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}$")] = "demo"
    """Realm served on loopback to callers without an identity, and the default of commands."""
    home: Path = Path(".sixhop")
    """Where this installation keeps its state: local Neo4j, models, keys, recorded answers."""
    cypher_dir: Path | None = None
    """Another `cypher/` folder; else the checkout's, else the installed package's."""

    audit_days: Annotated[int, Field(ge=1, le=36_500)] = 400
    """How long lines of the audit log stay on disk; `sixhop tidy` removes older ones."""

    grpc_address: str = "127.0.0.1:50051"
    """host:port to serve on; port 0 takes a free one."""
    grpc_max_working: Annotated[int, Field(ge=1, le=1_000)] = _AT_ONCE
    """So many requests are worked on side by side; more than processors where Neo4j has more of them elsewhere."""
    grpc_max_waiting: Annotated[int, Field(ge=0, le=10_000)] = 2 * _AT_ONCE
    """So many wait for their turn, others are told to come again; a longer queue only makes everyone late."""
    grpc_max_streams: Annotated[int, Field(ge=0, le=10_000)] = 64
    """So many streams are open at a time."""
    grpc_quota_per_s: Annotated[float, Field(gt=0, le=1_000_000)] | None = None
    """So many calls a second are taken of one caller, and what its streams bring counts alike; not given: no quota."""
    grpc_quota_burst: Annotated[int, Field(ge=1, le=1_000_000)] = 100
    """So many of them at once."""
    grpc_connection_age_s: Annotated[float, Field(ge=1, le=86_400)] = 1800.0
    """After this time (a tenth more or less, by chance) a connection is asked to be made anew, so that clients find new
    replicas."""
    grpc_connection_grace_s: Annotated[float, Field(ge=0, le=86_400)] = 60.0
    """How long calls on such a connection may go on."""
    grpc_drain_s: Annotated[float, Field(ge=0, le=600)] = 0.5
    """Told to stop, it goes on answering for so long while its health says that it is not ready."""
    grpc_grace_s: Annotated[float, Field(ge=0, le=600)] = 10.0
    """How long, after that, what is under way may take to end."""
    grpc_start_timeout_s: Annotated[float, Field(ge=0, le=600)] = 30.0
    """How long `sixhop serve` waits for Neo4j when it starts."""
    warm_up_s: Annotated[float, Field(ge=0, le=600)] = 20.0
    """How long, at most, it asks itself whole questions before it takes the first one of a caller."""

    tls_cert: Path | None = None
    """The service's own certificate chain, PEM; with it TLS is served, on loopback too."""
    tls_key: Path | None = None
    """Its private key, PEM, mode 0600."""
    tls_client_ca: Path | None = None
    """Who signs certificates of clients, PEM: then every client needs one."""
    tls_callers: Path | None = None
    """Which client certificate is whose: YAML or JSON, see docs/operations.md."""
    jwks: str | None = None
    """Path or https:// URL of the public keys that tokens are checked with; then they are needed, on loopback too."""
    jwks_every_s: Annotated[float, Field(ge=1, le=3600)] = 10.0
    """A URL of keys is asked at most so often, whatever keys tokens name."""
    jwt_audience: Annotated[str, Field(min_length=1)] | None = None
    """What tokens must be meant for (`aud`)."""
    jwt_issuer: Annotated[str, Field(min_length=1)] | None = None
    """Who must have made them (`iss`); anybody whose keys these are where not given."""
    jwt_skew_s: Annotated[float, Field(ge=0, le=300)] = 30.0
    """How far the clock of who made a token may be off."""
    jwt_realm_claim: Annotated[str, Field(pattern=_CLAIM)] = "sixhop_realm"
    jwt_enterprise_claim: Annotated[str, Field(pattern=_CLAIM)] = "sixhop_enterprise"
    jwt_scope_claim: Annotated[str, Field(pattern=_CLAIM)] = "scope"

    gate_over_heuristic: Annotated[float, Field(ge=0, le=100)] = 1.0
    """A new referral model is refused unless the whole interval of its precision over the best heuristic's is above."""
    gate_brier_skill: Annotated[float, Field(ge=-1, le=1)] = 0.0
    """A new model is refused unless its Brier skill is above."""
    gate_ece: Annotated[float, Field(gt=0, le=10)] = 0.10
    """The most its expected calibration error, less what chance gives, may be of the base rate."""
    gate_slope_low: Annotated[float, Field(gt=0, le=1)] = 0.8
    gate_slope_high: Annotated[float, Field(ge=1, le=10)] = 1.25
    """Between these its calibration slope must lie: overall, by degree, and by large community."""
    gate_community_rows: Annotated[int, Field(ge=100)] = 20_000
    """A community with more held-out pairs than this is looked at by itself."""
    gate_group_adoptions: Annotated[int, Field(ge=10)] = 100
    """A degree or community with fewer adoptions than this is too small to tell its slope."""
    gate_feature_auc: Annotated[float, Field(gt=0.5, le=1)] = 0.98
    """A feature that alone tells yes from no better than this knows the answer from somewhere."""
    gate_score_ms: Annotated[float, Field(gt=0, le=1000)] = 2.0
    """The longest that scoring 64 candidates may take."""
    learn_outcomes: Annotated[int, Field(ge=100)] = 2_000
    """From so many sent outreaches on, models learn from their outcomes; until then from exposures."""

    health_psi: Annotated[float, Field(gt=0, le=10)] = 0.2
    """Retraining is due when scores have moved by more than this (population stability index)…"""
    health_psi_features: Annotated[int, Field(ge=1, le=1_000)] = 3
    """…or so many of its features have."""
    health_calibration: Annotated[float, Field(gt=1, le=100)] = 1.25
    """Or when predicted over observed adoptions of what was sent is above this, or below one over it."""
    health_max_age_days: Annotated[float, Field(gt=0, le=3650)] = 30.0
    """Or when the model is older than this, and anything happened since: the schedule."""
    health_rows: Annotated[int, Field(ge=10, le=100_000)] = 1_000
    """Of fewer recorded recommendations nothing is told of how far features and scores have moved."""

    learn_pairs: Annotated[int, Field(ge=1_000, le=10_000_000)] = 110_000
    """So many pairs the referral model is fitted on at most, drawn by chance where there are more; all else that a
    retraining costs is in proportion."""

    token_file: Path | None = None
    """Of `sixhop ask`: the token to call with, mode 0600."""
    server_ca: Path | None = None
    """Of `sixhop ask`: who signed the service's certificate, PEM; with it calls go over TLS."""
    client_cert: Path | None = None
    """Of `sixhop ask`: the certificate to call with, PEM."""
    client_key: Path | None = None

    metrics_address: str = "127.0.0.1:9464"
    """host:port that Prometheus reads metrics from; port 0 takes a free one, nothing serves none."""
    log_format: Literal["text", "json"] = "text"
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    """From which level on the service's own log is written; of its libraries, from WARNING on."""

    neo4j_uri: str | None = None
    """bolt://… or neo4j://… of a given server; else the local server started by `sixhop neo4j up`."""
    neo4j_user: str = "neo4j"
    neo4j_password: SecretStr | None = None
    neo4j_password_file: Path | None = None
    neo4j_database: str = "neo4j"
    neo4j_pool_size: Annotated[int, Field(ge=1, le=1000)] = 32
    neo4j_connect_timeout_s: Annotated[float, Field(gt=0, le=60)] = 5.0
    neo4j_heap_mb: Annotated[int, Field(ge=256)] | None = None
    """Heap of the local server; sized to the machine when not given."""
    neo4j_page_cache_mb: Annotated[int, Field(ge=64)] | None = None
    neo4j_start_timeout_s: Annotated[float, Field(gt=0, le=600)] = 120.0

    @field_validator("grpc_address")
    @classmethod
    def _is_address(cls, value: str) -> str:
        match = _ADDRESS.match(value)
        if not match or int(match.group(2)) > 65535:
            raise ValueError("must be host:port, for example 127.0.0.1:50051")
        return value

    @model_validator(mode="after")
    def _go_together(self) -> Settings:
        problems = [
            f"{PREFIX}{name.upper()} needs {PREFIX}{other.upper()}"
            for name, other in (
                ("tls_cert", "tls_key"),
                ("tls_key", "tls_cert"),
                ("tls_client_ca", "tls_cert"),
                ("tls_callers", "tls_client_ca"),
                ("jwks", "jwt_audience"),
                ("client_cert", "client_key"),
                ("client_key", "client_cert"),
                ("client_cert", "server_ca"),
            )
            if getattr(self, name) is not None and getattr(self, other) is None
        ]
        if problems:
            raise ValueError("; ".join(problems))
        return self

    @property
    def on_loopback(self) -> bool:
        """Whether only this machine can reach the service."""
        return self.grpc_address.rpartition(":")[0] in _LOOPBACK_HOSTS

    @field_validator("metrics_address")
    @classmethod
    def _is_address_or_nothing(cls, value: str) -> str:
        match = _ADDRESS.match(value)
        if value and (not match or int(match.group(2)) > 65535):
            raise ValueError("must be host:port, for example 127.0.0.1:9464, or nothing")
        return value

    @field_validator("neo4j_uri")
    @classmethod
    def _is_bolt_uri(cls, value: str | None) -> str | None:
        if value is not None and not re.match(r"^(bolt|neo4j)(\+s|\+ssc)?://\S+$", value):
            raise ValueError("must start with bolt:// or neo4j:// (or their +s, +ssc forms)")
        return value


def load_settings() -> Settings:
    """Read the environment; raise one `Misconfigured` that names every unknown and every bad value."""
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    problems = [
        f"{name}: no such setting; known are {', '.join(sorted(known))}"
        for name in sorted(os.environ)
        if name.startswith(PREFIX) and name not in known
    ]
    try:
        settings = Settings()
    except ValidationError as error:
        problems += [
            f"{PREFIX}{'_'.join(str(part) for part in item['loc']).upper() or '*'}: {item['msg']}"
            for item in error.errors(include_input=False)  # an input may be a secret
        ]
    if problems:
        raise Misconfigured("settings are not usable; mend these environment variables:\n  " + "\n  ".join(problems))
    return settings
