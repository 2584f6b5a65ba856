"""Keyed hashes that stand for ids in every file outside Neo4j. Knows nothing of what the files hold.

One key a realm, in `<home>/keys/<realm>.key` (mode 0600). Without the key a hash cannot be traced to an id, nor can one
be recomputed from a guessed id; the same id under the same key always has the same hash, so files can be joined.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import os
import secrets
from pathlib import Path

from sixhop.errors import Misconfigured

KEY_BYTES = 32
HASH_HEX_DIGITS = 32
"""128 bits: no two ids of a realm meet by chance, and a column of them stays small."""


class Pseudonyms:
    """The keyed hash of one realm's ids."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def of(self, plain_id: str) -> str:
        """HMAC-SHA256 of an id under the realm's key, as 32 hexadecimal digits."""
        return hmac.new(self._key, plain_id.encode(), hashlib.sha256).hexdigest()[:HASH_HEX_DIGITS]


def open_pseudonyms(home: Path, realm: str) -> Pseudonyms:
    """The realm's hashes; its key is made when there is none yet, and safe when two processes make it at once.

    Raises:
        Misconfigured: the key cannot be read or made, others may read it, or it is not a key.
    """
    path = home / "keys" / f"{realm}.key"
    try:
        if not path.exists():
            _make_key(path)
        mode = path.stat().st_mode & 0o777
        key = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except (OSError, ValueError) as error:
        raise Misconfigured(f"the key of realm {realm} at {path} cannot be read or made: {error}") from error
    if mode & 0o077:
        raise Misconfigured(f"{path} may be read by others (mode {mode:04o}); run: chmod 600 {path}")
    if len(key) != KEY_BYTES:
        raise Misconfigured(
            f"{path} holds no key of {KEY_BYTES} bytes; restore it, or remove it to have a new one made"
        )
    return Pseudonyms(key)


def _make_key(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_bytes(KEY_BYTES).hex() + "\n")
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):  # another process was first: its key is the key
            path.hardlink_to(draft)
    finally:
        draft.unlink()
