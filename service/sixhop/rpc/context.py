"""What is known of the request being served, from its interceptors to its handler. Knows nothing of its content."""

from __future__ import annotations

from contextvars import ContextVar

from sixhop.identity.caller import Caller

REQUEST_ID: ContextVar[str] = ContextVar("request_id")
"""The caller's own, or one made here."""
CALLER: ContextVar[Caller] = ContextVar("caller")
"""Who calls: realm, enterprise and scopes are its, never fields of a request. Set where the call is allowed."""
REQUEST_ID_KEY = "x-request-id"
"""Metadata that carries the id, in requests and in what comes back."""
