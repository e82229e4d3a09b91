"""Find the API key in the headers of a poll."""

from typing import Any

from app.core import key_format
from app.core.credentials import find_in_authorization


def find_key(environ: dict[str, Any]) -> str:
    """Return the API key that a WSGI request carries, well-formed or not; empty where it carries none.

    Each place is looked at only where the one before is absent: `X-API-Key`, then `Authorization` with the
    scheme Bearer, with the scheme Basic, or with the key alone. The query is never looked at: addresses end
    up in logs.
    """
    key: str = environ.get("HTTP_X_API_KEY", "").strip()
    return key or find_in_authorization(environ.get("HTTP_AUTHORIZATION", ""), key_format.API_KEY)
