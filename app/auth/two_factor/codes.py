"""Codes of the second factor: TOTP codes of an app (RFC 6238) and recovery codes. Each is valid once."""

import base64
import re
import secrets
from datetime import datetime
from hmac import compare_digest
from io import BytesIO
from typing import Any

import pyotp
import segno
import sqlalchemy as sa
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import current_app

from app.core import key_format
from app.core.errors import Conflict
from app.db.session import db
from app.domain import audit
from app.models import RecoveryCode, User
from app.models.audit_actions import Action

STEP_S = 30
MAX_DRIFT_STEPS = 1
"""How many time steps the clock of an app may be off, either way."""
RECOVERY_CODE_COUNT = 10
MAX_LABEL_LENGTH = 64
"""Characters of the e-mail address in the QR code; with more, few cameras can read it."""

_APP_CODE = re.compile(r"[0-9]{6}")
_RECOVERY_CODE = re.compile(r"[a-z2-7]{24}")


def new_secret(user: User) -> str:
    """Store a new secret for the user and return it. It is inactive until a code confirms it."""
    secret = pyotp.random_base32()
    user.two_factor_secret, user.two_factor_step = _get_cipher().encrypt(secret.encode()).decode(), 0
    return secret


def disable(user: User) -> None:
    """Delete the user's second factor."""
    user.two_factor_secret = user.two_factor_since = user.two_factor_step = None
    db.session.execute(sa.delete(RecoveryCode).where(RecoveryCode.user_id == user.id))


def build_otpauth_uri(user: User, secret: str) -> str:
    """Return the secret as an `otpauth:` URI, which authenticator apps read."""
    return pyotp.TOTP(secret).provisioning_uri(name=user.email[:MAX_LABEL_LENGTH], issuer_name="Spikecast")


def build_qr_svg(address: str) -> str:
    """Return the URI as a QR code in SVG: black on white in every theme, as cameras need it."""
    picture = BytesIO()
    options: dict[str, Any] = {"light": "#fff", "omitsize": True, "svgclass": None, "lineclass": None}
    segno.make_qr(address, error="m").save(picture, kind="svg", xmldecl=False, nl=False, **options)
    return picture.getvalue().decode()


def is_recovery_code(code: str) -> bool:
    """Return whether the text has the format of a recovery code."""
    return bool(_RECOVERY_CODE.fullmatch(_strip_separators(code)))


def _strip_separators(code: str) -> str:
    return re.sub(r"[\s-]", "", code).lower()


def verify_app_code(user: User, code: str, now: datetime) -> bool:
    """Return whether the code is valid, and use up its time step. The caller has locked the user.

    Only time steps later than any used one are valid (RFC 6238, 5.2).
    """
    typed = _strip_separators(code)
    if not _APP_CODE.fullmatch(typed) or user.two_factor_secret is None:
        return False
    app = pyotp.TOTP(_decrypt_secret(user.two_factor_secret), interval=STEP_S)
    present = int(now.timestamp()) // STEP_S
    steps = range(present - MAX_DRIFT_STEPS, present + MAX_DRIFT_STEPS + 1)
    return any(compare_digest(app.generate_otp(step), typed) and _use_time_step(user, step) for step in steps)


def _use_time_step(user: User, step: int) -> bool:
    """Use up a time step; of two simultaneous requests, one returns False."""
    taken = (
        sa.update(User)
        .where(User.id == user.id, User.two_factor_step < step)
        .values(two_factor_step=step, updated_at=User.updated_at)
        .returning(User.id)
    )
    return db.session.scalar(taken) is not None


def use_recovery_code(user: User, code: str) -> bool:
    """Return whether this is a recovery code of the user; delete it with the same statement."""
    mine = sa.and_(
        RecoveryCode.user_id == user.id,
        RecoveryCode.code_hash == key_format.hash_secret(_strip_separators(code)),
    )
    used = db.session.scalar(sa.delete(RecoveryCode).where(mine).returning(RecoveryCode.user_id))
    if used is None:
        return False
    audit.record(Action.USE_RECOVERY_CODE, user, by=user, left=RecoveryCode.left(user.id))
    return True


def is_readable(user: User) -> bool:
    """Return whether the user's secret, if any, can be decrypted with the current secret key."""
    try:
        return user.two_factor_secret is None or bool(_decrypt_secret(user.two_factor_secret))
    except Conflict:
        return False


def new_recovery_codes(user: User) -> list[str]:
    """Replace the user's recovery codes and return the new ones.

    They have 120 random bits, so a plain hash cannot be reversed.
    """
    codes = [base64.b32encode(secrets.token_bytes(15)).decode().lower() for _ in range(RECOVERY_CODE_COUNT)]
    db.session.execute(sa.delete(RecoveryCode).where(RecoveryCode.user_id == user.id))
    db.session.add_all(
        RecoveryCode(user_id=user.id, code_hash=key_format.hash_secret(code)) for code in codes
    )
    return ["-".join(re.findall("....", code)) for code in codes]


# --- At rest -------------------------------------------------------------------------------------------


def _decrypt_secret(encrypted: str) -> str:
    try:
        return _get_cipher().decrypt(encrypted).decode()
    except InvalidToken:
        raise Conflict(
            "Codes of your app cannot be verified because the server's secret key has changed. "
            "Use a recovery code, or ask an Admin to reset your two-factor sign-in.",
            problem_type="two-factor-unreadable",
        ) from None


def _get_cipher() -> Fernet:
    """Return a cipher whose key is derived from the secret key (HKDF); neither reveals the other."""
    secret_key: str = current_app.config["SECRET_KEY"]
    derived = HKDF(SHA256(), length=32, salt=None, info=b"spikecast: secrets of two-factor sign-in")
    return Fernet(base64.urlsafe_b64encode(derived.derive(secret_key.encode())))
