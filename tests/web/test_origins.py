"""Whether an Origin header names the same host as the Host header, in any spelling."""

import pytest

from app.web.origins import is_same_host

SAME = [
    ("http://spikecast.example.org", "SPIKECAST.Example.Org"),
    ("http://spikecast.example.org", "spikecast.example.org:80"),
    ("https://spikecast.example.org", "Spikecast.Example.org:443"),
    ("https://spikecast.example.org:443", "spikecast.example.org"),
    ("http://spikecast.example.org:8088", "SPIKECAST.example.org:8088"),
    ("http://spikecast.example.org", "spikecast.example.org."),
    ("http://spikecast.example.org.", "spikecast.example.org"),
    ("HTTP://SPIKECAST.example.org", "spikecast.example.org"),
    ("http://[::1]:8088", "[::1]:8088"),
    ("http://[::1]", "[0:0:0:0:0:0:0:1]:80"),
    ("http://[2001:db8::a]", "[2001:DB8:0:0::A]"),
    ("http://127.0.0.1:8088", "127.0.0.1:8088"),
]
OTHER = [
    ("https://evil.example", "spikecast.example.org"),
    ("https://spikecast.example.org", "spikecast.example.org:80"),
    ("http://spikecast.example.org", "spikecast.example.org:443"),
    ("http://spikecast.example.org:81", "spikecast.example.org"),
    ("http://spikecast.example.org.evil.example", "spikecast.example.org"),
    ("http://evil.spikecast.example.org", "spikecast.example.org"),
    ("http://spikecast.example.org..", "spikecast.example.org"),
    ("http://spikecast.example.org@evil.example", "spikecast.example.org"),
    ("http://evil.example#spikecast.example.org", "spikecast.example.org"),
    ("http://spikecast.example.org/", "spikecast.example.org"),
    ("http://[::2]", "[::1]"),
    ("http://[::1", "[::1]"),
    ("http://[1.2.3.4]", "[1.2.3.4]"),
    ("ftp://spikecast.example.org", "spikecast.example.org"),
    ("spikecast.example.org", "spikecast.example.org"),
    ("//spikecast.example.org", "spikecast.example.org"),
    ("null", "null"),
    ("http://", ""),
    ("http://\u0130.example", "i.example"),
    ("http://" + "a" * 100_000, "spikecast.example.org"),
]


@pytest.mark.parametrize(("origin", "host"), SAME, ids=" ".join)
def test_an_origin_matches_every_spelling_of_its_host(origin, host):
    assert is_same_host(origin, host)


@pytest.mark.parametrize(("origin", "host"), OTHER, ids=lambda text: ascii(text)[:50])
def test_an_origin_does_not_match_another_host_port_or_scheme(origin, host):
    assert not is_same_host(origin, host)
