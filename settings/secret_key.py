"""Which secret keys are strong enough to sign tokens."""

from settings.errors import BadSetting

MIN_SECRET_BYTES = 32
MIN_DISTINCT_CHARACTERS = 8
EXAMPLES = {"change-me", "changeme", "secret", "please-change-this-secret-key-now!"}
_HINT = "generate one with: openssl rand -hex 32"


def parse_secret_key(text: str | None) -> str | None:
    """Return the secret key, or None if none is given.

    Raises:
        BadSetting: it is too weak.
    """
    if text is not None and (weakness := find_weakness(text)):
        raise BadSetting("SECRET_KEY", weakness)
    return text


def find_weakness(secret: str) -> str | None:
    """Return why the key is too weak to sign tokens, or None if it is strong enough."""
    if secret.lower() in EXAMPLES or len(set(secret)) < MIN_DISTINCT_CHARACTERS:
        return f"is an example or too simple; {_HINT}"
    if len(secret.encode()) < MIN_SECRET_BYTES:
        return f"needs at least {MIN_SECRET_BYTES} bytes; {_HINT}"
    return None
