"""What is known of the request being served, from its interceptors to its handler. Knows nothing of its content."""

from __future__ import annotations

from contextvars import ContextVar

REQUEST_ID: ContextVar[str] = ContextVar("request_id")
"""The caller's own, or one made here."""
REALM: ContextVar[str] = ContextVar("realm")
"""The realm of the caller's identity; never a field of a request."""
REQUEST_ID_KEY = "x-request-id"
"""Metadata that carries the id, in requests and in what comes back."""
