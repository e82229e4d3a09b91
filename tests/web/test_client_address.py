"""Client addresses: their canonical spelling, and the network by which attempts are limited."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.client_address import UNKNOWN, parse_address


@pytest.mark.parametrize(
    ("given_text", "text", "network"),
    [
        ("203.0.113.7", "203.0.113.7", "203.0.113.7"),
        ("203.0.113.7:51234", "203.0.113.7", "203.0.113.7"),
        (" 203.0.113.7 ", "203.0.113.7", "203.0.113.7"),
        ('"203.0.113.7:80"', "203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7", "203.0.113.7"),
        ("::FFFF:cb00:7107", "203.0.113.7", "203.0.113.7"),
        ("[::ffff:203.0.113.7]:443", "203.0.113.7", "203.0.113.7"),
        ("64:ff9b::203.0.113.7", "203.0.113.7", "203.0.113.7"),
        ("2001:db8::1", "2001:db8::1", "2001:db8::/64"),
        ("2001:DB8:0:0::0:1", "2001:db8::1", "2001:db8::/64"),
        ("[2001:db8::1]:443", "2001:db8::1", "2001:db8::/64"),
        ("[2001:db8::1]", "2001:db8::1", "2001:db8::/64"),
        ("2001:db8::ffff:1", "2001:db8::ffff:1", "2001:db8::/64"),
        ("2001:db8:0:1::1", "2001:db8:0:1::1", "2001:db8:0:1::/64"),
        ("fe80::1%eth0", "fe80::1", "fe80::/64"),
        ("[fe80::1%25eth0]:80", "fe80::1", "fe80::/64"),
    ],
)
def test_an_address_is_parsed_to_its_canonical_spelling_and_network(given_text, text, network):
    assert parse_address(given_text) == (text, network)


@pytest.mark.parametrize(
    "given_text",
    [
        None,
        "",
        "unknown",
        "_hidden",
        "203.0.113",
        "203.0.113.007",
        "203.0.113.7:",
        "203.0.113.7:port",
        "1.2.3.4, 5.6.7.8",
        "[203.0.113.7",
        "2001:db8::1::2",
        "\u0661.\u0662.\u0663.\u0664",
        "1.2.3.4\0",
        "x" * 65,
        "[" * 100_000,
        "%" + "z" * 99,
    ],
    ids=lambda text: ascii(text)[:30],
)
def test_an_invalid_address_counts_as_unknown(given_text):
    assert parse_address(given_text) == UNKNOWN


@given(st.text(max_size=200))
def test_the_address_and_network_of_any_text_fit_their_columns(text):
    assert len(parse_address(text).text) <= 64
    assert len(parse_address(text).network) <= 64


@given(st.ip_addresses(v=4), st.integers(0, 65535))
def test_ports_and_ipv6_notation_do_not_change_an_ipv4_address(address, port):
    spellings = [f"{address}", f"{address}:{port}", f"::ffff:{address}", f"[::ffff:{address}]:{port}"]
    assert {parse_address(each) for each in spellings} == {(str(address), str(address))}


@given(st.ip_addresses(v=6), st.integers(0, 2**64 - 1), st.integers(0, 65535))
def test_the_low_64_bits_and_the_spelling_do_not_change_an_ipv6_network(address, low, port):
    neighbour = ipaddress.IPv6Address(int(address) >> 64 << 64 | low)
    if any(each.ipv4_mapped or each in ipaddress.ip_network("64:ff9b::/96") for each in (address, neighbour)):
        return
    spellings = [f"{neighbour}", f"[{neighbour}]:{port}", neighbour.exploded.upper(), f"{neighbour}%1"]
    assert {parse_address(each).network for each in spellings} == {parse_address(str(address)).network}
    assert {parse_address(each).text for each in spellings} == {str(neighbour)}
