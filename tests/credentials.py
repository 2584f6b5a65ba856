"""Keys, tokens and certificates that tests make for themselves; nothing of ours is in it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import ipaddress
import json
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jwt
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from cryptography.x509.oid import NameOID

AUDIENCE = "sixhop-tests"
REALM = "demo"
DAY_S = 86_400
"""Tokens are made when tests are collected, and some tests run much later."""


class Signer:
    """One key pair that tokens are signed with."""

    def __init__(self, key_id: str, algorithm: str = "ES256") -> None:
        self.key_id = key_id
        self.algorithm = algorithm
        self._private: Any = {
            "ES256": lambda: ec.generate_private_key(ec.SECP256R1()),
            "ES384": lambda: ec.generate_private_key(ec.SECP384R1()),
            "EdDSA": ed25519.Ed25519PrivateKey.generate,
            "RS256": lambda: rsa.generate_private_key(65537, 2048),
            "RS384": lambda: rsa.generate_private_key(65537, 2048),
        }[algorithm]()

    @property
    def public_pem(self) -> bytes:
        return bytes(self._private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))

    def jwk(self) -> dict[str, Any]:
        made = jwt.get_algorithm_by_name(self.algorithm).to_jwk(self._private.public_key(), as_dict=True)
        return {**made, "kid": self.key_id, "alg": self.algorithm, "use": "sig"}

    def token(self, *, headers: dict[str, Any] | None = None, key: Any = None, alg: str = "", **claims: Any) -> str:
        """A token that holds, but for what is said otherwise; a claim of None is left out."""
        now = int(time.time())
        said = {
            "sub": "a-backend",
            "aud": AUDIENCE,
            "exp": now + DAY_S,
            "nbf": now - 5,
            "iat": now - 5,
            "sixhop_realm": REALM,
            "scope": "recommend",
            **claims,
        }
        said = {name: value for name, value in said.items() if value is not None}
        names = {"kid": self.key_id, **(headers or {})}
        names = {name: value for name, value in names.items() if value is not None}
        return jwt.encode(said, self._private if key is None else key, algorithm=alg or self.algorithm, headers=names)


def packed(data: bytes) -> str:
    """Bytes as tokens hold them."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def hmac_with_the_public_key(signer: Signer, **claims: Any) -> str:
    """The classic: a token signed with what everybody knows, as if it were a shared secret."""
    honest = signer.token(**claims).split(".")
    header = packed(json.dumps({"alg": "HS256", "typ": "JWT", "kid": signer.key_id}).encode())
    signed = f"{header}.{honest[1]}"
    return f"{signed}.{packed(hmac.new(signer.public_pem, signed.encode(), hashlib.sha256).digest())}"


def write_jwks(path: Path, *signers: Signer) -> Path:
    """Replace the file in one step, as whoever rotates keys should."""
    draft = path.with_name(path.name + ".new")
    draft.write_text(json.dumps({"keys": [signer.jwk() for signer in signers]}), encoding="utf-8")
    return draft.replace(path)


@dataclass(frozen=True)
class Pair:
    """Where a certificate and its key are."""

    cert: Path
    key: Path


class Authority:
    """Signs certificates, and writes them to files below `folder`."""

    def __init__(self, folder: Path, name: str = "tests") -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"{name} authority")])
        self.cert = folder / f"{name}-ca.pem"
        made = self._builder(self._name, self._key.public_key()).add_extension(x509.BasicConstraints(True, None), True)
        self.cert.write_bytes(made.sign(self._key, hashes.SHA256()).public_bytes(Encoding.PEM))

    def pair(self, name: str, *, uri: str = "", for_loopback: bool = False) -> Pair:
        key = ec.generate_private_key(ec.SECP256R1())
        names: list[x509.GeneralName] = [x509.UniformResourceIdentifier(uri)] if uri else []
        if for_loopback:
            names += [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
        subject = x509.Name(
            [x509.NameAttribute(NameOID.ORGANIZATION_NAME, "tests"), x509.NameAttribute(NameOID.COMMON_NAME, name)]
        )
        made = self._builder(subject, key.public_key()).add_extension(x509.BasicConstraints(False, None), True)
        if names:
            made = made.add_extension(x509.SubjectAlternativeName(names), False)
        file = name.replace("/", "-")
        at = Pair(self._folder / f"{file}.pem", self._folder / f"{file}.key")
        at.cert.write_bytes(made.sign(self._key, hashes.SHA256()).public_bytes(Encoding.PEM))
        at.key.touch(mode=0o600)
        at.key.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        return at

    def _builder(self, subject: x509.Name, public_key: Any) -> x509.CertificateBuilder:
        now = datetime.now(UTC)
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(public_key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=1))
        )
