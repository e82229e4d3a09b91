"""Audit entries of two-factor sign-in, which contain no secrets."""

import json

from tests.support.signing_in import PASSWORD, sign_in, submit
from tests.support.two_factor import PATH, SECONDS, begin, turn_on


def summarize(entries):
    return [(entry.action, entry.outcome, entry.thing_name, entry.details) for entry in entries]


def test_a_correct_password_that_requires_a_code_is_recorded(app, owner, new_entries):
    turn_on(owner)
    new_entries()
    sign_in(app, "owen")
    submit(app.test_client())
    assert summarize(new_entries()) == [("ask-for-code", "done", "owen", {})] * 2


def test_a_wrong_code_is_recorded_as_a_refused_sign_in(app, owner, new_entries):
    authenticator = turn_on(owner)
    new_entries()
    sign_in(app, "owen", code=authenticator.wrong_code())
    assert summarize(new_entries()) == [("sign-in", "refused", "owen", {"why": "wrong code"})]


def test_a_used_recovery_code_is_recorded_with_the_number_left(app, owner, new_entries):
    authenticator = turn_on(owner)
    new_entries()
    sign_in(app, "owen", code=authenticator.recovery_codes[0])
    expected = [("sign-in", "done", "owen", {}), ("use-recovery-code", "done", "owen", {"left": 9})]
    assert sorted(summarize(new_entries()), key=str) == expected


def test_a_wrong_code_for_a_change_is_recorded_as_that_change_refused(owner, new_entries):
    authenticator = turn_on(owner)
    new_entries()
    given = {"current_password": PASSWORD, "code": authenticator.wrong_code()}
    owner.post(f"{PATH}/turn-off", given)
    assert summarize(new_entries()) == [("turn-off-two-factor", "refused", "owen", {"why": "wrong code"})]


def test_wrong_codes_when_turning_on_are_recorded(owner, new_entries):
    authenticator = begin(owner)
    new_entries()
    for _ in range(6):
        owner.post(f"{PATH}/confirm", {"code": authenticator.wrong_code()})
    wrong = ("turn-on-two-factor", "refused", "owen", {"why": "wrong code"})
    too_many = ("turn-on-two-factor", "refused", "owen", {"why": "too many attempts"})
    assert summarize(new_entries()) == [wrong] * 5 + [too_many]


def test_neither_entries_nor_log_lines_contain_a_secret(app, owner, admin, new_entries, clock, caplog):
    new_entries()
    authenticator = turn_on(owner)
    clock.shift(SECONDS)
    codes = [authenticator.wrong_code(), authenticator.code(), authenticator.recovery_codes[0]]
    for code in codes:
        sign_in(app, "owen", code=code)
    admin.post(f"/api/users/{owner.user_id}/reset-two-factor")
    recorded = json.dumps([str(vars(entry)) for entry in new_entries()]) + caplog.text
    assert "reset-two-factor" in recorded
    for secret in [authenticator.secret, *codes, *authenticator.recovery_codes]:
        assert secret not in recorded
