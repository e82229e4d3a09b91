"""The secret key of an installation, and the file that stores it for its owner alone."""

import os
import secrets
import string
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

import config
from app.core import file_ownership
from settings.secret_key import MIN_SECRET_BYTES, find_weakness

GENERATED_DIGITS, MAX_FILE_BYTES = 64, 4096


def secret_path(instance: Path) -> Path:
    """Return the path of the file with the secret key."""
    return instance / "secret_key"


def load_or_create_secret(instance: Path) -> str:
    """Return the secret key stored in `instance`; create one if there is none.

    Several processes may start at once: each writes its own file, and the first to link it into place wins.

    Raises:
        BadSetting: The folder cannot be used, or the file is damaged.
    """
    path = secret_path(instance)
    try:
        file_ownership.make_folder(instance)
        if not path.exists():
            _create_secret(path)
        return _read_secret(path)
    except OSError as error:
        why = file_ownership.find_access_problem([instance, path]) or error.strerror
        detail = f"is {instance}, where no secret key can be stored: {why}"
        raise config.BadSetting("INSTANCE", detail) from error


def load_secret(instance: Path) -> str | None:
    """Return the stored secret key, or None. Creates nothing."""
    return load_or_create_secret(instance) if os.path.lexists(secret_path(instance)) else None


def _read_secret(path: Path) -> str:
    """Read the key, and check it like the setting: a damaged file must not sign tokens."""
    if not path.is_file():
        _refuse(path, "is not a file")
    with path.open("rb") as file:
        content = file.read(MAX_FILE_BYTES + 1)
    try:
        text = content.decode()
    except UnicodeDecodeError:
        _refuse(path, "is damaged: it is not text in UTF-8")
    secret = text.strip()
    if len(secret.encode()) < MIN_SECRET_BYTES:
        _refuse(path, "is too short")
    if len(content) > MAX_FILE_BYTES or not secret.isprintable():
        _refuse(path, "is damaged: it contains bytes that are not printable text")
    if weakness := find_weakness(secret):
        _refuse(path, f"is too weak: it {weakness}")
    if text == secret and len(text) < GENERATED_DIGITS and set(text) <= set(string.hexdigits):
        _refuse(path, f"is cut off: {len(text)} of {GENERATED_DIGITS} digits are left")
    return secret


def _refuse(path: Path, weakness: str) -> NoReturn:
    """Refuse the stored key.

    Raises:
        BadSetting: The file is damaged or weak in this way.
    """
    detail = (
        f"contains a secret_key that {weakness} ({path}). Restore a copy, or delete it to create a new one"
    )
    raise config.BadSetting("INSTANCE", detail) from None


def _create_secret(path: Path) -> None:
    draft = path.with_name(f".secret_key.{os.getpid()}.{secrets.token_hex(4)}")
    handle = file_ownership.create_file(draft, os.O_WRONLY)
    try:
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_hex(GENERATED_DIGITS // 2))
            file.flush()
            os.fsync(handle)
        with suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink()
    file_ownership.fsync(path.parent)
