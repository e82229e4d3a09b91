"""Assertions about the result of a CLI command."""

from click.testing import Result


def done(result: Result) -> str:
    """Return the output of a command, which must have succeeded."""
    assert result.exit_code == 0, result.output
    assert result.exception is None
    return result.stdout


def refused(result: Result) -> str:
    """Return the error message of a command that must have failed without output on stdout."""
    assert result.exit_code != 0, result.output
    assert isinstance(result.exception, SystemExit), result.exception
    assert "Traceback" not in result.output
    assert result.stdout == ""
    _, database, output = result.stderr.rpartition("Database: ")
    output = output.partition("\n")[2] if database else result.stderr
    assert output.startswith(("Error: ", "Usage: ")), result.stderr
    return output
