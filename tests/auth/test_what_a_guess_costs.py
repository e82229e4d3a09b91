"""A sign-in costs the same whatever is wrong with it: counted, for a clock proves little."""

import pytest
from argon2 import PasswordHasher

from tests.support.problems import refused
from tests.support.signing_in import PASSWORD, sign_in, submit


@pytest.fixture
def hashes(monkeypatch):
    """The passwords that are checked or hashed, with what they are checked against."""
    seen = []
    verify, make = PasswordHasher.verify, PasswordHasher.hash

    def noted_verify(self, stored, text):
        seen.append(stored)
        return verify(self, stored, text)

    def noted_hash(self, text):
        seen.append("hash")
        return make(self, text)

    monkeypatch.setattr(PasswordHasher, "verify", noted_verify)
    monkeypatch.setattr(PasswordHasher, "hash", noted_hash)
    return seen


def own(seen):
    """The statements of the sign-in itself: every hundredth entry of the audit log also makes room there."""
    return [statement for statement in seen.statements if "DELETE FROM audit_entries" not in statement]


WRONG = {"unknown name": ("nobody", PASSWORD), "unknown e-mail": ("no@example.org", PASSWORD)}


@pytest.mark.parametrize("case", WRONG)
@pytest.mark.parametrize("by", ["API", "form"])
def test_an_unknown_account_costs_as_many_statements_and_one_hash_like_a_wrong_password(
    app, owner, queries, hashes, case, by
):
    def guess(login, password):
        hashes.clear()
        client = app.test_client()
        with queries() as seen:
            if by == "API":
                refused(sign_in(app, login, password), 401)
            else:
                assert submit(client, login, password).status_code == 401
        return [statement.split(" FROM ")[0][:40] for statement in own(seen)], list(hashes)

    statements, checked = guess("owen", "not the password")
    unknown_statements, unknown_checked = guess(*WRONG[case])
    assert unknown_statements == statements
    assert len(checked) == len(unknown_checked) == 1
    costs = {stored.rsplit("$", 2)[0] for stored in checked + unknown_checked}
    assert len(costs) == 1, "both hashes have the same costs"


def test_both_are_refused_alike_after_as_many_guesses(app, owner, queries, hashes):
    for _ in range(5):
        for login in ("owen", "nobody"):
            refused(sign_in(app, login, "not the password"), 401)
    told = {}
    for login in ("owen", "nobody"):
        hashes.clear()
        with queries() as seen:
            refused(sign_in(app, login, "not the password"), 429)
        told[login] = (len(own(seen)), list(hashes))
    assert told["owen"] == told["nobody"]
    assert told["owen"][1] == []
