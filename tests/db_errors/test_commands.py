"""Commands of the command line, while the database takes no writes."""

import pytest

from tests.support.commands import refused
from tests.support.db_failures import disk_full, dump_tables, read_only_database, write_lock

PASSWORD = "a long enough password"


@pytest.mark.parametrize(
    "trouble", [write_lock, disk_full, read_only_database], ids=lambda trouble: trouble.__name__
)
@pytest.mark.parametrize(
    "command",
    [
        ("create-user", "eve@example.org", "eve", "--password-stdin"),
        ("set-password", "ada", "--password-stdin"),
        ("revoke-key", "{key}"),
        ("demo",),
    ],
    ids=lambda command: command[0],
)
def test_a_command_that_writes_says_so_and_changes_nothing(app, world, command, trouble):
    before = dump_tables(app)
    arguments = [argument.format(**world.ids) for argument in command]
    with trouble(app):
        result = app.test_cli_runner().invoke(args=arguments, input=PASSWORD)
    assert "The database does not answer: " in refused(result)
    assert dump_tables(app) == before
    assert app.test_cli_runner().invoke(args=arguments, input=PASSWORD).exit_code == 0


@pytest.mark.parametrize(
    "trouble", [write_lock, disk_full, read_only_database], ids=lambda trouble: trouble.__name__
)
def test_check_config_goes_on(app, world, trouble):
    with trouble(app):
        result = app.test_cli_runner().invoke(args=["check-config"])
    assert result.exit_code == 0
    assert "its schema is up to date" in result.stdout
