"""What a command of the command line did."""

from click.testing import Result


def done(result: Result) -> str:
    """What a command printed, which must have ended well."""
    assert result.exit_code == 0, result.output
    assert result.exception is None
    return result.stdout


def refused(result: Result) -> str:
    """What a command said when it refused: words on standard error, and nothing on standard output."""
    assert result.exit_code != 0, result.output
    assert isinstance(result.exception, SystemExit), result.exception
    assert "Traceback" not in result.output
    assert result.stdout == ""
    _, database, said = result.stderr.rpartition("Database: ")
    said = said.partition("\n")[2] if database else result.stderr
    assert said.startswith(("Error: ", "Usage: ")), result.stderr
    return said
