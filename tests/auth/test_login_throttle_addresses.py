"""Spellings of one address count as one address, and a /64 of IPv6 as one network."""

import pytest

from tests.support.password_guesses import guess, recorded
from tests.support.problems import refused
from tests.support.signing_in import sign_in

SPELLINGS = {
    "ports": [f"192.0.2.7:{port}" for port in range(50_000, 50_006)],
    "IPv4 in IPv6": ["192.0.2.7", "::ffff:192.0.2.7", "::FFFF:c000:207", "[::ffff:192.0.2.7]:443"] * 2,
    "IPv6 /64": [f"2001:db8::{number:x}" for number in range(6)],
    "IPv6 spellings": ["2001:db8::1", "2001:DB8::1", "[2001:db8:0:0::1]:99", "2001:db8::1%eth0"] * 2,
    "invalid addresses": ["unknown", "x" * 65, "", "_proxy", "1.2.3.4.5", "y" * 1000],
}


@pytest.mark.parametrize("case", SPELLINGS)
def test_equivalent_addresses_share_one_limit(app, owner, case):
    *guesses, last = SPELLINGS[case][:6]
    for address in guesses:
        guess(app, address=address)
    refused(sign_in(app, "owen", address=last), 429)
    assert sign_in(app, "owen", address="198.51.100.1").status_code == 200


def test_an_overlong_address_is_recorded_as_unknown(app, owner):
    guess(app, address="f" * 200)
    assert [failure.address for failure in recorded(app)] == ["unknown"]


def test_another_ipv6_network_has_its_own_limit(app, owner):
    guess(app, times=5, address="2001:db8:0:1::1")
    assert sign_in(app, "owen", address="2001:db8:0:2::1").status_code == 200


@pytest.mark.parametrize("address", ["[2001:DB8::1]:443", "2001:db8:0::1"])
def test_sign_ins_are_listed_with_the_normalized_address(app, owner, address):
    assert sign_in(app, "owen", address=address).status_code == 200
    addresses = {each["address"] for each in owner.get("/api/auth/sign-ins").json["items"]}
    assert addresses == {"127.0.0.1", "2001:db8::1"}
