"""After a restore no two-factor code is accepted twice, and two-factor sign-in stays enabled."""

import time_machine

from tests.support.problems import refused
from tests.support.signing_in import form_token, sign_in, submit
from tests.support.two_factor import SECONDS, turn_on


def test_codes_used_since_the_backup_stay_used(installation, clock: time_machine.Traveller):
    authenticator = turn_on(installation.owner)
    clock.shift(SECONDS)
    file = installation.backup()
    code, recovery_code, unused = authenticator.code(), *authenticator.recovery_codes[:2]
    for used in (code, recovery_code):
        assert sign_in(installation.app, "owen", code=used).status_code == 200
    assert "Two-factor sign-in is as it was before the restore: owen." in installation.restored(file)
    for used in (code, recovery_code):
        refused(sign_in(installation.app, "owen", code=used), 401)
    assert sign_in(installation.app, "owen", code=unused).status_code == 200


def test_two_factor_sign_in_enabled_since_the_backup_stays_enabled(
    installation, clock: time_machine.Traveller
):
    file = installation.backup()
    authenticator = turn_on(installation.owner)
    installation.restored(file)
    clock.shift(SECONDS)
    refused(sign_in(installation.app, "owen"), 401)
    assert sign_in(installation.app, "owen", code=authenticator.code()).status_code == 200
    assert sign_in(installation.app, "owen", code=authenticator.recovery_codes[0]).status_code == 200


def test_two_factor_sign_in_reset_since_the_backup_stays_reset(installation):
    turn_on(installation.owner)
    file = installation.backup()
    installation.run("reset-two-factor", "owen")
    installation.restored(file)
    assert sign_in(installation.app, "owen").status_code == 200


def test_unchanged_two_factor_sign_in_is_not_reported(installation):
    turn_on(installation.owner)
    assert "Two-factor" not in installation.restored(installation.backup())
    refused(sign_in(installation.app, "owen"), 401)


def test_without_the_current_database_the_restore_reports_who_needs_new_codes(installation):
    authenticator = turn_on(installation.owner)
    file = installation.backup()
    installation.close()
    installation.database.unlink()
    output = installation.restored(file)
    assert "Recovery codes that were used since the backup are valid again." in output
    assert "Ask for new ones: owen." in output
    assert sign_in(installation.app, "owen", code=authenticator.recovery_codes[0]).json["user"][
        "has_two_factor"
    ]


def test_a_restore_ends_sign_ins_that_wait_for_a_code(installation):
    authenticator = turn_on(installation.owner)
    browser = installation.app.test_client()
    submit(browser)
    installation.restored(installation.backup())
    form = {"csrf_token": form_token(browser), "code": authenticator.recovery_codes[0]}
    assert "This sign-in has expired" in browser.post("/sign-in/code", data=form).text
