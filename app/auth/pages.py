"""Pages about people: sign-in, set-up, profile, API keys, users."""

from dataclasses import replace

from flask import Blueprint, Response, g, jsonify, make_response, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from flask_wtf.csrf import generate_csrf
from werkzeug.wrappers import Response as AnyResponse

from app.auth import first_admin, service
from app.auth.api import get_client
from app.auth.attempts import Client
from app.auth.forms import CodeForm, SetUpForm, SignInForm, safe_next
from app.auth.schemas import LoginIn
from app.auth.users.schemas import UserIn
from app.core import clock, key_format
from app.core.errors import DomainError, Forbidden, NotFound
from app.db.session import db
from app.domain import audit
from app.models import SignIn, User
from app.models.audit_actions import Action
from app.web import browser_session
from app.web.access import admin, public, signed_in
from app.web.schema import flatten_errors

pages = Blueprint("people", __name__)


@pages.route("/sign-in", methods=["GET", "POST"])
@public
def sign_in() -> AnyResponse:
    """Sign in. A page whose sign-in has ended posts the same form from a dialog."""
    if request.method == "GET" and _is_dialog():
        return jsonify({"csrf_token": generate_csrf()})
    form = SignInForm()
    if not form.is_submitted() and not User.exists():
        return redirect(url_for("people.set_up"))
    if not form.validate_on_submit():
        _record_cross_site(Action.SIGN_IN, form)
        return _render_step(form, _get_first_error(form), 422 if form.errors else 200)
    values = {"login": form.login.data, "password": form.password.data}
    if errors := LoginIn().validate(values):  # what the API refuses, nothing is trimmed
        name, (message, *_more) = next(iter(flatten_errors(errors).items()))
        return _render_step(form, f"{form[name].label.text} {message}.", 422)
    try:
        client, now = get_browser_client(), clock.now()
        user = service.authenticate(form.login.data or "", form.password.data or "", client, now)
        pending_token = service.create_pending_sign_in(user, now) if user.has_two_factor else None
        sign_in = None if pending_token else service.complete_sign_in(user, client, now)
    except DomainError as error:
        return _render_step(form, error.detail, error.status, error.headers)
    db.session.commit()
    return _sign_in_browser(user, sign_in) if sign_in else _redirect_to_code(pending_token or "")


def get_browser_client() -> Client:
    """Return where the request came from, with the hash of the browser's device token."""
    g.device = browser_session.get_device_token()
    return replace(get_client(), device=key_format.hash_secret(g.device))


def _redirect_to_code(token: str) -> Response:
    there = url_for("people.sign_in_code", next=request.args.get("next"))
    response = make_response(jsonify({"wants_code": True}) if _is_dialog() else redirect(there, 303))
    browser_session.set_pending_2fa_cookie(response, token, service.PENDING_SIGN_IN_LIFETIME)
    return response


@pages.route("/sign-in/code", methods=["GET", "POST"])
@public
def sign_in_code() -> AnyResponse:
    """Ask for the code of the second factor, after the password was right."""
    form, token = CodeForm(), browser_session.get_pending_2fa_token()
    if not form.is_submitted():
        again = redirect(url_for("people.sign_in", next=request.args.get("next")))
        return _render_step(form, "", 200) if token else again
    if not form.validate_on_submit():
        _record_cross_site(Action.SIGN_IN, form)
        return _render_step(form, _get_first_error(form), 422)
    try:
        user, sign_in = service.verify_pending_code(
            token, form.code.data or "", get_browser_client(), clock.now()
        )
    except DomainError as error:
        if error.problem_type != service.SIGN_IN_EXPIRED:
            return _render_step(form, error.detail, error.status, error.headers)
        response = _render_step(SignInForm(formdata=None), error.detail, error.status)
    else:
        db.session.commit()
        response = _sign_in_browser(user, sign_in)
    browser_session.clear_pending_2fa_cookie(response)
    return response


def _sign_in_browser(user: User, sign_in: SignIn) -> Response:
    target = safe_next(request.args.get("next"), url_for("spikes-pages.dashboard"))
    response = make_response(jsonify({}) if _is_dialog() else redirect(target, 303))
    browser_session.set_cookies(response, user.id, sign_in.id)
    browser_session.set_device_cookie(response, g.device)
    return response


def _get_first_error(form: FlaskForm) -> str:
    return next(iter(form.errors.values()), [""])[0]


def _render_step(
    form: FlaskForm, error_message: str, status: int, headers: dict[str, str] | None = None
) -> Response:
    """Return a step of the sign-in: a page, or JSON for the dialog of a page."""
    wants_code = isinstance(form, CodeForm)
    if _is_dialog():
        answer = make_response(jsonify({"detail": error_message, "wants_code": wants_code}), status)
    else:
        template = "auth/sign_in_code.html" if wants_code else "auth/sign_in.html"
        by_recovery = "recovery" in request.args
        answer = make_response(
            render_template(template, form=form, error=error_message, by_recovery=by_recovery), status
        )
    answer.headers.update(headers or {})
    return answer


def _is_dialog() -> bool:
    return request.accept_mimetypes.best == "application/json"


@pages.route("/setup", methods=["GET", "POST"])
@public
def set_up() -> AnyResponse:
    """Create the first Admin, with the token from the server's log.

    Raises:
        NotFound: There is a user already.
    """
    if User.exists():
        raise NotFound("Spikecast is set up already. Sign in instead.")
    db.session.rollback()
    form = SetUpForm(token=request.args.get("token", ""))
    if not form.validate_on_submit():
        _record_cross_site(Action.SET_UP, form)
        errors = {name: messages[0] for name, messages in form.errors.items() if name}
        return _render_set_up(form, errors, 422 if form.errors else 200)
    values = {name: form[name].data for name in ("email", "username", "password")}
    errors = UserIn(partial=["role"]).validate(values)
    if errors:
        return _render_set_up(
            form, {name: messages[0] for name, messages in flatten_errors(errors).items()}, 422
        )
    client, now = get_browser_client(), clock.now()
    values = UserIn(partial=["role"]).load(values)
    try:
        user = first_admin.create_first_admin(form.token.data or "", values, now)
    except Forbidden as error:
        audit.record_refusal(Action.SET_UP, why="wrong token")
        return _render_set_up(form, {"token": error.detail}, error.status)
    sign_in = service.create_sign_in(user, client, now)
    db.session.commit()
    response = make_response(redirect(url_for("spikes-pages.dashboard"), 303))
    browser_session.set_cookies(response, user.id, sign_in.id)
    browser_session.set_device_cookie(response, g.device)
    return response


def _record_cross_site(action: Action, form: FlaskForm) -> None:
    """Record a form without our page's token: a page of another site may have sent it."""
    if "csrf_token" in form.errors:
        audit.record_refusal(action, why="no CSRF token")


def _render_set_up(form: SetUpForm, errors: dict[str, str], status: int) -> Response:
    return make_response(render_template("auth/set_up.html", form=form, errors=errors), status)


@pages.route("/profile")
@signed_in
def profile() -> str:
    """Show the user's own account."""
    return render_template("auth/profile.html", sign_in_id=g.actor.sign_in_id)


@pages.route("/api-keys")
@signed_in
def api_keys() -> str:
    """Show API keys."""
    return render_template("auth/api_keys.html")


@pages.route("/users")
@admin
def users() -> str:
    """Show the users to Admins."""
    return render_template("auth/users.html")
