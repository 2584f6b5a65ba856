"""Settings come from `SIXHOP_*` alone; all that is wrong is said at once, and no secret is shown."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from sixhop import bootstrap
from sixhop.errors import Misconfigured, Unavailable
from sixhop.settings import PREFIX, Settings, load_settings

PASSWORD = "correct-horse-battery"


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in list(os.environ):
        if name.startswith(PREFIX):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def test_nothing_set_is_a_sound_installation() -> None:
    settings = load_settings()
    assert settings.realm == "demo"
    assert settings.grpc_address == "127.0.0.1:50051"
    assert settings.neo4j_uri is None


def test_every_problem_is_reported_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    bad = {
        "SIXHOP_REALM": "no spaces please",
        "SIXHOP_GRPC_ADDRESS": "nonsense",
        "SIXHOP_NEO4J_URI": "http://somewhere",
        "SIXHOP_NEO4J_POOL_SIZE": "none",
        "SIXHOP_NEO4J_START_TIMEOUT_S": "-1",
        "SIXHOP_NEO4J_HAEP_MB": "512",
    }
    for name, value in bad.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(Misconfigured) as raised:
        load_settings()
    for name in bad:
        assert name in raised.value.message
    assert "SIXHOP_NEO4J_HEAP_MB" in raised.value.message, "what a misspelt name may have meant is listed"


@pytest.mark.parametrize("address", ["127.0.0.1:70000", "localhost", "10.0.0.7"])
def test_an_address_has_a_host_and_a_port(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv("SIXHOP_GRPC_ADDRESS", address)
    with pytest.raises(Misconfigured, match="SIXHOP_GRPC_ADDRESS"):
        load_settings()


@pytest.mark.parametrize(
    ("address", "on_loopback"),
    [
        ("127.0.0.1:0", True),
        ("localhost:50051", True),
        ("[::1]:50051", True),
        ("0.0.0.0:50051", False),
        ("10.0.0.7:50051", False),
        ("[::]:50051", False),
        ("localhost.example:50051", False),
    ],
)
def test_loopback_is_told_from_other_addresses(
    monkeypatch: pytest.MonkeyPatch, address: str, on_loopback: bool
) -> None:
    monkeypatch.setenv("SIXHOP_GRPC_ADDRESS", address)
    assert load_settings().on_loopback is on_loopback


def test_settings_of_identity_that_need_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIXHOP_TLS_CERT", "cert.pem")
    monkeypatch.setenv("SIXHOP_JWKS", "keys.json")
    monkeypatch.setenv("SIXHOP_TLS_CALLERS", "callers.yaml")
    with pytest.raises(Misconfigured) as raised:
        load_settings()
    for words in (
        "SIXHOP_TLS_CERT needs SIXHOP_TLS_KEY",
        "SIXHOP_JWKS needs SIXHOP_JWT_AUDIENCE",
        "SIXHOP_TLS_CALLERS needs SIXHOP_TLS_CLIENT_CA",
    ):
        assert words in raised.value.message


@pytest.mark.parametrize("address", ["", "127.0.0.1:0", "[::1]:9464", "0.0.0.0:9464"])
def test_metrics_may_be_read_from_anywhere_or_nowhere(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv("SIXHOP_METRICS_ADDRESS", address)
    assert load_settings().metrics_address == address


def test_where_and_how_to_be_seen_is_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    bad = {"SIXHOP_METRICS_ADDRESS": "9464", "SIXHOP_LOG_FORMAT": "xml", "SIXHOP_LOG_LEVEL": "LOUD"}
    for name, value in bad.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(Misconfigured) as raised:
        load_settings()
    for name in bad:
        assert name in raised.value.message


def test_secrets_are_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIXHOP_NEO4J_PASSWORD", PASSWORD)
    monkeypatch.setenv("SIXHOP_NEO4J_URI", "bolt://127.0.0.1:7687")
    settings = load_settings()
    assert PASSWORD not in repr(settings)
    assert PASSWORD not in settings.model_dump_json()
    location = bootstrap.graph_location(settings)
    assert location.password == PASSWORD
    assert PASSWORD not in repr(location)


def test_a_secret_is_not_shown_when_another_setting_is_bad(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIXHOP_NEO4J_PASSWORD", PASSWORD)
    monkeypatch.setenv("SIXHOP_REALM", "")
    with pytest.raises(Misconfigured) as raised:
        load_settings()
    assert PASSWORD not in raised.value.message


def test_a_password_can_come_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text(f"{PASSWORD}\n", encoding="utf-8")
    given = Settings(neo4j_uri="bolt://127.0.0.1:7687", neo4j_password_file=file)
    assert bootstrap.graph_location(given).password == PASSWORD
    missing = Settings(neo4j_uri="bolt://127.0.0.1:7687", neo4j_password_file=tmp_path / "absent")
    with pytest.raises(Misconfigured, match="SIXHOP_NEO4J_PASSWORD_FILE"):
        bootstrap.graph_location(missing)


def test_without_a_server_the_message_says_how_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="sixhop neo4j up"):
        bootstrap.graph_location(Settings(home=tmp_path))


def test_a_given_server_needs_a_password() -> None:
    with pytest.raises(Misconfigured, match="SIXHOP_NEO4J_PASSWORD"):
        bootstrap.graph_location(Settings(neo4j_uri="bolt://127.0.0.1:7687"))
