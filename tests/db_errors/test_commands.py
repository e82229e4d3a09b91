"""Commands of the command line while the database accepts no writes."""

import pytest

from tests.support.commands import refused
from tests.support.db_failures import disk_full, dump_tables, read_only_database, write_lock

PASSWORD = "a long enough password"


@pytest.mark.parametrize(
    "failure", [write_lock, disk_full, read_only_database], ids=lambda failure: failure.__name__
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
def test_a_command_that_writes_reports_the_failure_and_changes_nothing(app, world, command, failure):
    before = dump_tables(app)
    arguments = [argument.format(**world.ids) for argument in command]
    with failure(app):
        result = app.test_cli_runner().invoke(args=arguments, input=PASSWORD)
    assert "The database does not answer: " in refused(result)
    assert dump_tables(app) == before
    assert app.test_cli_runner().invoke(args=arguments, input=PASSWORD).exit_code == 0


@pytest.mark.parametrize(
    "failure", [write_lock, disk_full, read_only_database], ids=lambda failure: failure.__name__
)
def test_check_config_works(app, world, failure):
    with failure(app):
        result = app.test_cli_runner().invoke(args=["check-config"])
    assert result.exit_code == 0
    assert "its schema is up to date" in result.stdout
