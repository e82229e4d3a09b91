"""The address of a client: one spelling for each, and the network that limits count by.

What a server or proxy hands over may carry a port, brackets or a zone, may spell one address in several
ways, or may be no address at all. Whatever is stored, shown or compared goes through `parse_address`.
"""

import ipaddress
import re
from functools import lru_cache
from typing import NamedTuple

MAX_INPUT_LENGTH = 100
IPV6_PREFIX_LENGTH = 64
"""Providers give each customer at least a /64, so one client can use any address in it."""

_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_WITH_PORT = re.compile(r"\[([^\]]*)\](?::[0-9]{1,5})?|([0-9.]+):[0-9]{1,5}")


class ClientAddress(NamedTuple):
    """Where a request came from."""

    text: str
    """The address in its canonical spelling, at most 45 characters; `unknown` where there is none."""
    network: str
    """What limits count by: an IPv4 address, or the /64 of an IPv6 address."""


UNKNOWN = ClientAddress("unknown", "unknown")
"""Everything that is not an address counts as one client."""


def parse_address(text: str | None) -> ClientAddress:
    """Return the address that `text` stands for, without port, brackets and zone; UNKNOWN if it is none.

    IPv4 addresses inside of IPv6 (`::ffff:1.2.3.4`, NAT64's `64:ff9b::1.2.3.4`) are IPv4.
    """
    if text is None or len(text) > MAX_INPUT_LENGTH:
        return UNKNOWN
    return _parse(text)


@lru_cache(maxsize=1024)
def _parse(text: str) -> ClientAddress:
    text = text.strip().strip('"')
    if match := _WITH_PORT.fullmatch(text):
        text = match[1] or match[2] or ""
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return UNKNOWN
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            address = address.ipv4_mapped
        elif address in _NAT64:
            address = ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
        else:
            network = ipaddress.IPv6Network((address, IPV6_PREFIX_LENGTH), strict=False)
            return ClientAddress(str(address), str(network))
    return ClientAddress(str(address), str(address))
