"""After a restore no code of a second factor counts twice, and who guards their sign-in still does."""

import time_machine

from tests.support.problems import refused
from tests.support.signing_in import form_token, sign_in, submit
from tests.support.two_factor import SECONDS, turn_on


def test_codes_that_were_used_since_stay_used(here, clock: time_machine.Traveller):
    authenticator = turn_on(here.owner)
    clock.shift(SECONDS)
    file = here.backup()
    code, recovery_code, unused = authenticator.code(), *authenticator.recovery_codes[:2]
    for used in (code, recovery_code):
        assert sign_in(here.app, "owen", code=used).status_code == 200
    assert "Two-factor sign-in is as it was before the restore: owen." in here.restored(file)
    for used in (code, recovery_code):
        refused(sign_in(here.app, "owen", code=used), 401)
    assert sign_in(here.app, "owen", code=unused).status_code == 200


def test_who_turned_it_on_since_still_needs_a_code(here, clock: time_machine.Traveller):
    file = here.backup()
    authenticator = turn_on(here.owner)
    here.restored(file)
    clock.shift(SECONDS)
    refused(sign_in(here.app, "owen"), 401)
    assert sign_in(here.app, "owen", code=authenticator.code()).status_code == 200
    assert sign_in(here.app, "owen", code=authenticator.recovery_codes[0]).status_code == 200


def test_what_was_reset_since_does_not_come_back(here):
    turn_on(here.owner)
    file = here.backup()
    here.run("reset-two-factor", "owen")
    here.restored(file)
    assert sign_in(here.app, "owen").status_code == 200


def test_where_it_is_as_at_the_backup_nothing_is_told(here):
    turn_on(here.owner)
    assert "Two-factor" not in here.restored(here.backup())
    refused(sign_in(here.app, "owen"), 401)


def test_where_it_is_not_known_what_was_used_it_says_who_should_get_new_codes(here):
    authenticator = turn_on(here.owner)
    file = here.backup()
    here.close()
    here.database.unlink()
    said = here.restored(file)
    assert "Recovery codes that were used since the backup are valid again." in said
    assert "Ask for new ones: owen." in said
    assert sign_in(here.app, "owen", code=authenticator.recovery_codes[0]).json["user"]["has_two_factor"]


def test_what_waited_for_a_code_has_ended(here):
    authenticator = turn_on(here.owner)
    browser = here.app.test_client()
    submit(browser)
    here.restored(here.backup())
    form = {"csrf_token": form_token(browser), "code": authenticator.recovery_codes[0]}
    assert "This sign-in has expired" in browser.post("/sign-in/code", data=form).text
