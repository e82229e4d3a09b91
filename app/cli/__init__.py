"""The command line: `flask --app wsgi …`."""

from flask import Flask

from app.cli import backup, demo, keys, prepare, settings, users


def init_app(app: Flask) -> None:
    """Add Spikecast's commands."""
    for command in (
        users.create_user,
        users.set_password,
        users.reset_two_factor,
        keys.list_keys,
        keys.revoke_key,
        settings.check_config,
        prepare.prepare,
        backup.backup,
        backup.restore,
        backup.after_restore,
        demo.demo,
    ):
        app.cli.add_command(command)
