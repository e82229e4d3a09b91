"""`flask create-user EMAIL USERNAME`."""

import io

import pytest

from tests.support.commands import done, refused
from tests.support.db_failures import write_lock
from tests.support.signing_in import sign_in

PASSWORD = "a long enough password"


@pytest.fixture
def create(run):
    """Run `create-user` with a password on standard input."""
    return lambda *args, password=PASSWORD: run("create-user", *args, "--password-stdin", input=password)


def test_create_user_creates_a_user_who_can_sign_in(create, app):
    assert done(create("ada@example.org", "ada")) == "Created Editor ada <ada@example.org>.\n"
    assert sign_in(app, "ada", PASSWORD).status_code == 200
    assert sign_in(app, "ada@example.org", PASSWORD).status_code == 200


@pytest.mark.parametrize("role", ["Admin", "Editor", "Viewer"])
def test_the_role_can_be_given(create, app, role):
    assert (
        done(create("ada@example.org", "ada", "--role", role)) == f"Created {role} ada <ada@example.org>.\n"
    )
    assert sign_in(app, "ada", PASSWORD).json["user"]["role"] == role


def test_the_email_is_stored_in_lower_case_and_the_username_in_its_own_case(create):
    assert done(create(" Ada@Example.ORG ", " Ada ")) == "Created Editor Ada <ada@example.org>.\n"


def test_create_user_is_refused_on_a_database_without_tables(run_new, new_app):
    arguments = ("create-user", "ada@example.org", "ada", "--password-stdin")
    assert "There is no database of Spikecast at " in refused(run_new(*arguments, input=PASSWORD))
    done(run_new("prepare"))
    assert done(run_new(*arguments, input=PASSWORD)) == "Created Editor ada <ada@example.org>.\n"
    assert sign_in(new_app, "ada", PASSWORD).status_code == 200


# --- The password --------------------------------------------------------------------------------------


def test_without_password_stdin_the_password_is_prompted_twice_and_not_shown(run, app):
    result = run("create-user", "ada@example.org", "ada", input=f"{PASSWORD}\n{PASSWORD}\n")
    assert "Created Editor ada" in done(result)
    assert PASSWORD not in result.output
    assert sign_in(app, "ada", PASSWORD).status_code == 200


def test_a_second_password_that_differs_prompts_again(run, app):
    typed = f"{PASSWORD}\nsomething else\n{PASSWORD}\n{PASSWORD}\n"
    assert "do not match" in done(run("create-user", "ada@example.org", "ada", input=typed))
    assert sign_in(app, "ada", PASSWORD).status_code == 200


@pytest.mark.parametrize("ending", ["", "\n", "\r\n", "\nsecond line\n"], ids=["none", "lf", "crlf", "more"])
def test_the_password_is_one_line_of_standard_input(create, app, ending):
    done(create("ada@example.org", "ada", password=PASSWORD + ending))
    assert sign_in(app, "ada", PASSWORD).status_code == 200


def test_spaces_are_part_of_the_password(create, app):
    done(create("ada@example.org", "ada", password=f"  {PASSWORD} \n"))
    assert sign_in(app, "ada", f"  {PASSWORD} ").status_code == 200
    assert sign_in(app, "ada", PASSWORD).status_code == 401


def test_there_is_no_password_option(run):
    assert "No such option" in refused(run("create-user", "ada@example.org", "ada", "--password", PASSWORD))


@pytest.mark.parametrize("options", [["--password-stdin"], []], ids=["from stdin", "typed"])
def test_the_password_prompt_does_not_block_other_writes(run, app, options):
    class SlowInput(io.BytesIO):
        """Standard input that arrives only after somebody else has taken and released the write lock."""

        reads = 0

        def read1(self, size: int = -1) -> bytes:
            with write_lock(app):
                self.reads += 1
            return super().read1(size)

    slow_input = SlowInput(f"{PASSWORD}\n{PASSWORD}\n".encode())
    done(run("create-user", "ada@example.org", "ada", *options, input=slow_input))
    assert slow_input.reads


# --- Refusals ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("email", "username", "password", "output"),
    [
        pytest.param("ada@example.org", "ada", "short", "password must have at least 8", id="short password"),
        pytest.param("ada@example.org", "ada", "", "password must have at least 8", id="no password"),
        pytest.param(
            "ada@example.org", "ada", "x" * 129, "password must have at most 128", id="long password"
        ),
        pytest.param("ada", "ada", PASSWORD, "email must be an e-mail address", id="no e-mail address"),
        pytest.param("", "ada", PASSWORD, "email must not be empty", id="empty e-mail"),
        pytest.param("ada@example.org", " ", PASSWORD, "username must not be empty", id="empty name"),
        pytest.param("ada@example.org", "a@b", PASSWORD, "username must not contain @", id="name with @"),
        pytest.param(
            "ada@example.org", "x" * 256, PASSWORD, "username must have at most 255", id="long name"
        ),
        pytest.param(
            "ada@example.org",
            "a\x1b[2Jb",
            PASSWORD,
            "username must not contain control",
            id="control character",
        ),
    ],
)
def test_invalid_input_is_refused_with_an_error_message(create, admin, email, username, password, output):
    assert output in refused(create(email, username, password=password))
    assert admin.get("/api/users").json["total"] == 1


def test_all_input_errors_are_reported_together(create):
    output = refused(create("nonsense", "", password="short"))
    assert all(name in output for name in ("email", "username", "password"))


def test_a_refused_password_is_not_repeated(create):
    assert "hunter2" not in refused(create("ada@example.org", "ada", password="hunter2"))


def test_a_password_that_is_not_utf_8_is_refused(create):
    assert "must be UTF-8 text" in refused(create("ada@example.org", "ada", password=b"pass\xff\xfeword\n"))


@pytest.mark.parametrize(
    ("email", "username", "output"),
    [
        pytest.param("OWEN@example.org", "other", "the email 'owen@example.org'", id="e-mail"),
        pytest.param("other@example.org", "OWEN", "the username 'OWEN'", id="user name"),
    ],
)
def test_a_taken_email_or_username_is_refused(create, admin, owner, email, username, output):
    assert f"A user with {output} already exists." in refused(create(email, username))
    assert admin.get("/api/users").json["total"] == 2


def test_an_unknown_role_is_refused_with_a_list_of_the_roles(create):
    output = refused(create("ada@example.org", "ada", "--role", "Root"))
    assert all(role in output for role in ("Admin", "Editor", "Viewer"))
