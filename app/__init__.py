"""Spikecast: synthetic telemetry on demand."""

import logging
import secrets
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import click
from flask import Flask

import config
from app import cli
from app.audit import api as audit_api
from app.audit import pages as audit_pages
from app.auth import api as auth_api
from app.auth import pages as auth_pages
from app.auth import passwords
from app.auth.api_keys import api as keys_api
from app.auth.two_factor import api as two_factor_api
from app.auth.users import api as users_api
from app.collections import api as collections_api
from app.collections import fields_api, impact_api
from app.collections import pages as collections_pages
from app.core.extensions import jwt, migrate
from app.core.secret_key import load_or_create_secret, load_secret
from app.db import engine
from app.db.session import db
from app.domain import audit, rehearsal_record
from app.generation import api as generation_api
from app.generation import (
    discovery_api,
    middleware,
    pollable_api,
    polls,
    refusals,
    sample_api,
    usage,
    usage_api,
)
from app.generation import pages as generation_pages
from app.help import pages as help_pages
from app.rehearsals import alerts_api, receiver_pages, receivers_api
from app.rehearsals import api as rehearsals_api
from app.spikes import api as spikes_api
from app.spikes import pages as spikes_pages
from app.spikes import preview_api, run_again_api, timeline_api
from app.web import (
    access,
    assets,
    browser_session,
    cors,
    dialogs,
    error_handlers,
    health,
    limits,
    openapi,
    proxies,
    security_headers,
)
from app.web import pages as web_pages
from app.web.json_provider import OrjsonProvider


class Spikecast(Flask):
    """The Flask app, without Flask's support for coroutine views: Spikecast has none."""

    request_class = limits.Request

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Return the function unchanged. Flask would inspect every hook and view with each request."""
        return func


def create_app(settings: config.Settings | None = None, **overrides: Any) -> Flask:
    """Return the app for these settings, by default those of the environment.

    Args:
        settings: The validated settings.
        **overrides: Flask configuration, for tests.
    """
    settings = settings or config.load()
    app = Spikecast(
        __name__,
        instance_path=str(settings.instance),
        template_folder=str(config.ROOT / "templates"),
        static_folder=str(config.ROOT / "static"),
    )
    app.config.from_mapping(_flask_config(settings) | overrides)
    app.json = OrjsonProvider(app)
    _configure_log(app)
    engine.init_app(app)
    polls.init_app(app)
    usage.init_app(app)
    refusals.init_app(app)
    migrate.init_app(app, db, directory=str(config.ROOT / "migrations"))
    jwt.init_app(app)
    passwords.init_app(app)
    error_handlers.init_app(app)
    middleware.init_app(app)
    cors.init_app(app)
    security_headers.init_app(app)
    proxies.init_app(app, settings)
    browser_session.init_app(app)
    web_pages.init_app(app)
    assets.init_app(app)
    _register_routes(app)
    access.init_app(app)
    audit.configure(settings)
    rehearsal_record.configure(settings)
    cli.init_app(app)
    return app


def _kept_secret(settings: config.Settings) -> str:
    """Return the kept key. A command makes none: it may have been given other settings than the server."""
    if click.get_current_context(silent=True) is None:
        return load_or_create_secret(settings.instance)
    return load_secret(settings.instance) or secrets.token_hex(32)


def _flask_config(settings: config.Settings) -> dict[str, Any]:
    secret = settings.secret_key or _kept_secret(settings)
    lock_timeout_s = engine.LOCK_TIMEOUT_S
    return {
        "SETTINGS": settings,
        "SECRET_KEY": secret,
        "JWT_SECRET_KEY": secret,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "WTF_CSRF_TIME_LIMIT": None,  # a form that stayed open is still the form of this browser
        **browser_session.CONFIG,
        "JWT_ACCESS_TOKEN_EXPIRES": timedelta(hours=1),
        "JWT_DECODE_LEEWAY": 0,
        "MAX_CONTENT_LENGTH": limits.MAX_BODY_BYTES,
        "SQLALCHEMY_DATABASE_URI": settings.database_url,
        "SQLALCHEMY_ENGINE_OPTIONS": engine.engine_options(
            settings.database_url,
            lock_timeout_s=lock_timeout_s,
            keeps_session_state=bool(settings.fast_polls),
        ),
        "LOCK_TIMEOUT_S": lock_timeout_s,
        "CORS_ORIGINS": settings.cors_origins,
        "CACHED_FIELDS": settings.cached_fields,
        "FAST_POLLS": settings.fast_polls,
        "SQLITE_SYNCHRONOUS": settings.sqlite_synchronous,
    }


def _configure_log(app: Flask) -> None:
    app.logger.handlers.clear()  # the root's handler writes all lines, once
    app.logger.setLevel(logging.INFO)
    logging.getLogger("app").setLevel(logging.INFO)


def _register_routes(app: Flask) -> None:
    api = openapi.init_app(app)
    for module in (
        auth_api,
        users_api,
        collections_api,
        fields_api,
        impact_api,
        spikes_api,
        preview_api,
        timeline_api,
        rehearsals_api,
        run_again_api,
        keys_api,
        two_factor_api,
        generation_api,
        pollable_api,
        discovery_api,
        sample_api,
        usage_api,
        receivers_api,
        alerts_api,
        audit_api,
        health,
    ):
        api.register_blueprint(module.blp)
    for pages in (
        health.pages,
        dialogs.pages,
        auth_pages.pages,
        collections_pages.pages,
        spikes_pages.pages,
        generation_pages.pages,
        audit_pages.pages,
        receiver_pages.pages,
        help_pages.pages,
    ):
        app.register_blueprint(pages)
    app.extensions["openapi"] = openapi.build_document(api)


__all__ = ["create_app"]
