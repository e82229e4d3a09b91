"""Pages about people: signing in, the profile, API keys, users."""

from flask import Blueprint, Response, g, jsonify, make_response, redirect, render_template, request, url_for
from flask_wtf.csrf import generate_csrf
from werkzeug.wrappers import Response as AnyResponse

from app import clock
from app.auth import service, setup
from app.auth.api import this_client
from app.auth.forms import SetUpForm, SignInForm, safe_next
from app.auth.schemas import UserIn
from app.database import db
from app.errors import DomainError, Forbidden, NotFound
from app.models import User
from app.models.audit import Action
from app.web import audit, cookies
from app.web.access import admin, public, signed_in
from app.web.schema import by_path

pages = Blueprint("people", __name__)


@pages.route("/sign-in", methods=["GET", "POST"])
@public
def sign_in() -> AnyResponse:
    """Sign in; a page that lost its sign-in meanwhile posts the same form from a dialog."""
    if request.method == "GET" and _is_dialog():
        return jsonify({"csrf_token": generate_csrf()})
    form = SignInForm()
    if not form.is_submitted() and not User.exists():
        return redirect(url_for("people.set_up"))
    wanted = safe_next(request.args.get("next"), url_for("spikes-pages.dashboard"))
    if not form.validate_on_submit():
        return _sign_in_page(form, next(iter(form.errors.values()), [""])[0], 422 if form.errors else 200)
    try:
        client, now = this_client(), clock.now()
        user = service.authenticate(form.login.data or "", form.password.data or "", client, now)
        sign_in = service.begin_sign_in(user, client, now)
    except DomainError as error:
        return _sign_in_page(form, error.detail, error.status, error.headers)
    db.session.commit()
    response = make_response(jsonify({}) if _is_dialog() else redirect(wanted, 303))
    cookies.put(response, user.id, sign_in.id)
    return response


def _sign_in_page(
    form: SignInForm, fault: str, status: int, headers: dict[str, str] | None = None
) -> Response:
    if _is_dialog():
        answer = make_response(jsonify({"detail": fault}), status)
    else:
        answer = make_response(render_template("auth/sign_in.html", form=form, fault=fault), status)
    answer.headers.update(headers or {})
    return answer


def _is_dialog() -> bool:
    return request.accept_mimetypes.best == "application/json"


@pages.route("/setup", methods=["GET", "POST"])
@public
def set_up() -> AnyResponse:
    """Make the first Admin, with the token that the server's log shows."""
    if User.exists():
        raise NotFound("Spikecast is set up already. Sign in instead.")
    db.session.rollback()
    form = SetUpForm(token=request.args.get("token", ""))
    if not form.validate_on_submit():
        return _set_up_page(form, {name: said[0] for name, said in form.errors.items() if name}, 200)
    given = {name: form[name].data for name in ("email", "username", "password")}
    faults = UserIn(partial=["role"]).validate(given)
    if faults:
        return _set_up_page(form, {name: said[0] for name, said in by_path(faults).items()}, 422)
    client, now = this_client(), clock.now()
    values = UserIn(partial=["role"]).load(given)
    try:
        user = setup.make_first_admin(form.token.data or "", values, now)
    except Forbidden as error:
        audit.note_refusal(Action.SET_UP, why="wrong token")
        return _set_up_page(form, {"token": error.detail}, error.status)
    sign_in = service.begin_sign_in(user, client, now)
    db.session.commit()
    response = make_response(redirect(url_for("spikes-pages.dashboard"), 303))
    cookies.put(response, user.id, sign_in.id)
    return response


def _set_up_page(form: SetUpForm, faults: dict[str, str], status: int) -> Response:
    return make_response(render_template("auth/set_up.html", form=form, faults=faults), status)


@pages.route("/profile")
@signed_in
def profile() -> str:
    """One's own password and sign-ins."""
    return render_template("auth/profile.html", sign_in_id=g.actor.sign_in_id)


@pages.route("/api-keys")
@signed_in
def api_keys() -> str:
    """API keys."""
    return render_template("auth/api_keys.html")


@pages.route("/users")
@admin
def users() -> str:
    """Users, for Admins."""
    return render_template("auth/users.html")
