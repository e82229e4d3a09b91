"""`flask set-password LOGIN`: the way in where nobody knows the password any more."""

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
def test_the_new_password_counts_and_the_old_one_no_more(set_password, app, owner, login):
    assert done(set_password(login)) == "owen has a new password. Their sign-ins have ended.\n"
    assert sign_in(app, "owen", NEW).status_code == 200
    assert sign_in(app, "owen", PASSWORD).status_code == 401


def test_their_tokens_end_at_once_and_nobody_elses(set_password, owner, stranger):
    done(set_password("owen"))
    assert not is_signed_in(owner)
    assert refresh(owner).status_code == 401
    assert is_signed_in(stranger)


def test_their_api_keys_go_on(set_password, make):
    make.collection("Truck 01", {"value_type": "NUMBER_FIXED"})
    tool = make.key()
    done(set_password("owen"))
    assert tool.poll("Truck 01").status_code == 200


def test_it_asks_twice_where_the_password_does_not_come_from_standard_input(run, app, owner):
    result = run("set-password", "owen", input=f"{NEW}\n{NEW}\n")
    assert "owen has a new password" in done(result)
    assert NEW not in result.output
    assert sign_in(app, "owen", NEW).status_code == 200


@pytest.mark.parametrize("login", ["nobody", "nobody@example.org", "", "%", "_wen"])
def test_an_unknown_login_is_refused(set_password, owner, login):
    assert f"There is no user {login!r}." in refused(set_password(login))


def test_an_unknown_login_is_told_before_anybody_types(run):
    assert "There is no user 'nobody'." in refused(run("set-password", "nobody", input=""))


def test_a_user_who_is_deleted_while_somebody_types_is_told_to_be_gone(run, app, stranger):
    class SlowTypist(io.BytesIO):
        """Somebody who thinks about a password, while an Admin deletes the user."""

        def read1(self, size: int = -1) -> bytes:
            with another_session(app) as session:
                session.exec_driver_sql("DELETE FROM sign_ins")
                session.exec_driver_sql("DELETE FROM users")
            return super().read1(size)

    result = run("set-password", "stan", "--password-stdin", input=SlowTypist(NEW.encode()))
    assert "There is no user 'stan'." in refused(result)


@pytest.mark.parametrize("password", ["", "short", "x" * 129], ids=["none", "short", "long"])
def test_a_password_that_is_not_valid_is_refused_and_nothing_changes(set_password, owner, password):
    assert "password must have at" in refused(set_password("owen", password))
    assert is_signed_in(owner)
