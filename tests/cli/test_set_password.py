"""`flask set-password LOGIN`: set a password when nobody knows the current one."""

import io

import pytest

from tests.support.commands import done, refused
from tests.support.db_failures import another_session
from tests.support.signing_in import PASSWORD, is_signed_in, refresh, sign_in

NEW = "something else altogether"


@pytest.fixture
def set_password(run):
    """Run `set-password` with the new password on standard input."""
    return lambda login, password=NEW: run("set-password", login, "--password-stdin", input=password)


@pytest.mark.parametrize("login", ["owen", "OWEN", "owen@example.org", "Owen@Example.ORG"])
def test_only_the_new_password_signs_in(set_password, app, owner, login):
    assert done(set_password(login)) == "owen has a new password. Their sign-ins have ended.\n"
    assert sign_in(app, "owen", NEW).status_code == 200
    assert sign_in(app, "owen", PASSWORD).status_code == 401


def test_set_password_ends_only_the_tokens_of_that_user(set_password, owner, stranger):
    done(set_password("owen"))
    assert not is_signed_in(owner)
    assert refresh(owner).status_code == 401
    assert is_signed_in(stranger)


def test_set_password_keeps_the_users_api_keys_valid(set_password, make):
    make.collection("Truck 01", {"value_type": "NUMBER_FIXED"})
    tool = make.key()
    done(set_password("owen"))
    assert tool.poll("Truck 01").status_code == 200


def test_without_password_stdin_the_password_is_prompted_twice_and_not_shown(run, app, owner):
    result = run("set-password", "owen", input=f"{NEW}\n{NEW}\n")
    assert "owen has a new password" in done(result)
    assert NEW not in result.output
    assert sign_in(app, "owen", NEW).status_code == 200


@pytest.mark.parametrize("login", ["nobody", "nobody@example.org", "", "%", "_wen"])
def test_an_unknown_login_is_refused(set_password, owner, login):
    assert f"There is no user {login!r}." in refused(set_password(login))


def test_an_unknown_login_is_refused_before_the_password_prompt(run):
    assert "There is no user 'nobody'." in refused(run("set-password", "nobody", input=""))


def test_a_user_deleted_while_the_password_is_entered_is_reported_as_missing(run, app, stranger):
    class SlowInput(io.BytesIO):
        """Standard input that arrives only after the user has been deleted."""

        def read1(self, size: int = -1) -> bytes:
            with another_session(app) as session:
                session.exec_driver_sql("DELETE FROM sign_ins")
                session.exec_driver_sql("DELETE FROM users")
            return super().read1(size)

    result = run("set-password", "stan", "--password-stdin", input=SlowInput(NEW.encode()))
    assert "There is no user 'stan'." in refused(result)


@pytest.mark.parametrize("password", ["", "short", "x" * 129], ids=["none", "short", "long"])
def test_an_invalid_password_is_refused_and_changes_nothing(set_password, owner, password):
    assert "password must have at" in refused(set_password("owen", password))
    assert is_signed_in(owner)
