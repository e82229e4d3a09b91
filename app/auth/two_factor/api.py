"""Two-factor sign-in of one's own account, as JSON."""

from typing import Any

from app.auth.api import get_client
from app.auth.two_factor import codes as second_factor
from app.auth.two_factor import service as two_factor_service
from app.auth.two_factor.schemas import (
    RecoveryCodesOut,
    TwoFactorBeginIn,
    TwoFactorConfirmIn,
    TwoFactorOut,
    TwoFactorProofIn,
    TwoFactorSecretOut,
)
from app.auth.users import service as users_service
from app.core import clock
from app.db.session import db
from app.models import RecoveryCode
from app.web.access import current_actor, signed_in
from app.web.openapi import Blueprint, documents_errors

blp = Blueprint(
    "two-factor",
    __name__,
    url_prefix="/api/auth/two-factor",
    description="Your own two-factor sign-in, with codes from an authenticator app",
)


@blp.route("", methods=["GET"])
@blp.response(200, TwoFactorOut)
@signed_in
def get_two_factor() -> dict[str, Any]:
    """Return the state of your two-factor sign-in."""
    user = users_service.get_user(current_actor().user_id)
    return {
        "has_two_factor": user.has_two_factor,
        "two_factor_since": user.two_factor_since,
        "recovery_codes_left": RecoveryCode.left(user.id),
        "is_readable": second_factor.is_readable(user),
    }


@blp.route("", methods=["POST"])
@blp.response(200, TwoFactorSecretOut)
@signed_in
@documents_errors(409, 429)
@blp.arguments(TwoFactorBeginIn)
def begin_two_factor(values: dict[str, Any]) -> dict[str, Any]:
    """Get a secret for your authenticator app.

    Nothing changes until you confirm it with a code. Only this response contains the secret.
    """
    actor, now = current_actor(), clock.now()
    user, secret = two_factor_service.start_setup(actor, values["current_password"], get_client(), now)
    db.session.commit()
    address = second_factor.build_otpauth_uri(user, secret)
    return {"secret": secret, "otpauth_uri": address, "qr_svg": second_factor.build_qr_svg(address)}


@blp.route("/confirm", methods=["POST"])
@blp.response(200, RecoveryCodesOut)
@signed_in
@documents_errors(409, 429)
@blp.arguments(TwoFactorConfirmIn)
def confirm_two_factor(values: dict[str, Any]) -> dict[str, Any]:
    """Turn on two-factor sign-in with a code from the app.

    Ends your other sign-ins. Returns recovery codes for when you lose the app: each works once.
    """
    codes = two_factor_service.enable(current_actor(), values["code"], get_client(), clock.now())
    db.session.commit()
    return {"recovery_codes": codes}


@blp.route("/recovery-codes", methods=["POST"])
@blp.response(200, RecoveryCodesOut)
@signed_in
@documents_errors(409, 429)
@blp.arguments(TwoFactorProofIn)
def renew_recovery_codes(values: dict[str, Any]) -> dict[str, Any]:
    """Get new recovery codes. The old ones stop working."""
    actor, now = current_actor(), clock.now()
    codes = two_factor_service.renew_recovery_codes(
        actor, values["current_password"], values["code"], get_client(), now
    )
    db.session.commit()
    return {"recovery_codes": codes}


@blp.route("/turn-off", methods=["POST"])
@blp.response(204)
@signed_in
@documents_errors(409, 429)
@blp.arguments(TwoFactorProofIn)
def turn_off_two_factor(values: dict[str, Any]) -> None:
    """Turn off two-factor sign-in. End your other sign-ins."""
    actor, now = current_actor(), clock.now()
    two_factor_service.disable(actor, values["current_password"], values["code"], get_client(), now)
    db.session.commit()
