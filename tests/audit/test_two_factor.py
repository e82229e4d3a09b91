"""What the audit log tells of second factors, and what it does not."""

import json

from tests.support.signing_in import PASSWORD, sign_in, submit
from tests.support.two_factor import PATH, SECONDS, begin, turn_on


def told(entries):
    return [(entry.action, entry.outcome, entry.thing_name, entry.details) for entry in entries]


def test_a_right_password_that_waits_for_a_code_is_noted(app, owner, noted):
    turn_on(owner)
    noted()
    sign_in(app, "owen")
    submit(app.test_client())
    assert told(noted()) == [("ask-for-code", "done", "owen", {})] * 2


def test_a_wrong_code_is_noted_as_a_refused_sign_in(app, owner, noted):
    authenticator = turn_on(owner)
    noted()
    sign_in(app, "owen", code=authenticator.wrong_code())
    assert told(noted()) == [("sign-in", "refused", "owen", {"why": "wrong code"})]


def test_a_recovery_code_is_noted_with_how_many_are_left(app, owner, noted):
    authenticator = turn_on(owner)
    noted()
    sign_in(app, "owen", code=authenticator.recovery_codes[0])
    expected = [("sign-in", "done", "owen", {}), ("use-recovery-code", "done", "owen", {"left": 9})]
    assert sorted(told(noted()), key=str) == expected


def test_a_wrong_code_for_a_change_is_noted_as_what_was_refused(owner, noted):
    authenticator = turn_on(owner)
    noted()
    given = {"current_password": PASSWORD, "code": authenticator.wrong_code()}
    owner.post(f"{PATH}/turn-off", given)
    assert told(noted()) == [("turn-off-two-factor", "refused", "owen", {"why": "wrong code"})]


def test_wrong_codes_to_turn_it_on_are_noted(owner, noted):
    authenticator = begin(owner)
    noted()
    for _ in range(6):
        owner.post(f"{PATH}/confirm", {"code": authenticator.wrong_code()})
    wrong = ("turn-on-two-factor", "refused", "owen", {"why": "wrong code"})
    too_many = ("turn-on-two-factor", "refused", "owen", {"why": "too many attempts"})
    assert told(noted()) == [wrong] * 5 + [too_many]


def test_no_entry_and_no_line_of_the_log_holds_a_secret(app, owner, admin, noted, clock, caplog):
    noted()
    authenticator = turn_on(owner)
    clock.shift(SECONDS)
    codes = [authenticator.wrong_code(), authenticator.code(), authenticator.recovery_codes[0]]
    for code in codes:
        sign_in(app, "owen", code=code)
    admin.post(f"/api/users/{owner.user_id}/reset-two-factor")
    said = json.dumps([str(vars(entry)) for entry in noted()]) + caplog.text
    assert "reset-two-factor" in said
    for secret in [authenticator.secret, *codes, *authenticator.recovery_codes]:
        assert secret not in said
