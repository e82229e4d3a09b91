"""A failed sign-in costs the same whether or not the account exists: counted, as timing proves little."""

import pytest
from argon2 import PasswordHasher

from app.models import audit_storage
from tests.support.problems import refused
from tests.support.signing_in import PASSWORD, sign_in, submit


@pytest.fixture
def hashes(monkeypatch):
    """Return the list of stored hashes that passwords are checked against, and "hash" for each new hash."""
    seen = []
    verify, make = PasswordHasher.verify, PasswordHasher.hash

    def recording_verify(self, stored, text):
        seen.append(stored)
        return verify(self, stored, text)

    def recording_hash(self, text):
        seen.append("hash")
        return make(self, text)

    monkeypatch.setattr(PasswordHasher, "verify", recording_verify)
    monkeypatch.setattr(PasswordHasher, "hash", recording_hash)
    return seen


@pytest.fixture(autouse=True)
def no_pruning(monkeypatch):
    """Keep the audit log from being pruned, which only every hundredth entry does."""
    for name in ("MIN_PRUNE_INTERVAL", "MAX_PRUNE_INTERVAL"):
        monkeypatch.setattr(audit_storage, name, 10**12)


WRONG = {"unknown name": ("nobody", PASSWORD), "unknown e-mail": ("no@example.org", PASSWORD)}


@pytest.mark.parametrize("case", WRONG)
@pytest.mark.parametrize("by", ["API", "form"])
def test_an_unknown_account_costs_the_same_statements_and_hashes_as_a_wrong_password(
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
        return [statement.split(" FROM ")[0][:40] for statement in seen.statements], list(hashes)

    statements, checked = guess("owen", "not the password")
    unknown_statements, unknown_checked = guess(*WRONG[case])
    assert unknown_statements == statements
    assert len(checked) == len(unknown_checked) == 1
    costs = {stored.rsplit("$", 2)[0] for stored in checked + unknown_checked}
    assert len(costs) == 1, "both hashes have the same costs"


def test_unknown_and_existing_accounts_cost_the_same_once_throttled(app, owner, queries, hashes):
    for _ in range(5):
        for login in ("owen", "nobody"):
            refused(sign_in(app, login, "not the password"), 401)
    costs = {}
    for login in ("owen", "nobody"):
        hashes.clear()
        with queries() as seen:
            refused(sign_in(app, login, "not the password"), 429)
        costs[login] = (len(seen.statements), list(hashes))
    assert costs["owen"] == costs["nobody"]
    assert costs["owen"][1] == []
