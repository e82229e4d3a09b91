"""Command lines that people can copy into a shell."""

import os
import shlex
import sys
from pathlib import Path

import config
from app.core import file_ownership
from settings.database_url import redact_url
from settings.errors import PREFIX


def format_command(settings: config.Settings, command: str) -> str:
    """Return the shell command that runs a Spikecast command on this database, as this user.

    A URL with a password is left out; a comment names the setting instead. If the standard error stream is
    not a terminal, as under systemd, the line also changes the folder and the user.
    """
    variables, comment = _get_variables(settings)
    assignments = [f"{PREFIX}{name}={shlex.quote(value)}" for name, value in variables.items()]
    flask = Path(sys.executable).with_name("flask")
    program = flask.relative_to(config.ROOT) if config.ROOT in flask.parents else flask
    parts = [*assignments, shlex.quote(str(program)), "--app wsgi", command]
    if sys.stderr.isatty():
        return " ".join(parts) + comment
    if os.geteuid() != 0 and not _is_container():
        parts = [f"runuser -u {file_ownership.get_user_name(os.geteuid())} -- env", *parts]
    return " ".join([f"cd {shlex.quote(str(config.ROOT))} &&", *parts]) + comment


def _get_variables(settings: config.Settings) -> tuple[dict[str, str], str]:
    """Return the settings that differ from the defaults, and a comment about one that is left out."""
    variables = {}
    if settings.instance != config.ROOT / "instance":
        variables["INSTANCE"] = str(settings.instance)
    url = settings.database_url
    if url.get_backend_name() == "sqlite":
        if url.database != os.path.realpath(settings.instance / "spikecast.db"):
            variables["DATABASE_URL"] = url.render_as_string()
        return variables, ""
    redacted = redact_url(url)
    if "***" in redacted or "hidden" in redacted:
        return variables, f"   # with {PREFIX}DATABASE_URL as the server has it"
    return variables | {"DATABASE_URL": redacted}, ""


def _is_container() -> bool:
    markers = ("/.dockerenv", "/run/.containerenv")
    return any(map(os.path.exists, markers)) or "KUBERNETES_SERVICE_HOST" in os.environ
