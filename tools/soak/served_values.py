"""Which values a counter has served, remembered as one bit for each."""

from dataclasses import dataclass, field
from decimal import Decimal

MAX_JUMP = 1_000_000
"""No gap can be as large; and what remembers each value must not grow beyond all bounds."""


@dataclass(frozen=True)
class CounterRule:
    """How a counter counts. It has no random part, so that each value has its place in the sequence."""

    name: str
    value_type: str
    start: Decimal
    step: Decimal

    def place_of(self, value: int | Decimal, start: Decimal | None = None) -> int | None:
        """Which value of the sequence it is, 0 for the first; None where it is none of them."""
        way = Decimal(value) - (self.start if start is None else start)
        place = way / (self.step if self.value_type == "INCREMENT" else -self.step)
        whole = int(place)
        return whole if whole == place and whole >= 0 else None


@dataclass
class ServedValues:
    """The values that one counter served: a collection's field, or a spike's copy of one."""

    count: int = 0
    highest: int = -1
    bits: bytearray = field(default_factory=bytearray)
    last_of: dict[int, int] = field(default_factory=dict)
    """What each client got last."""

    def is_too_far(self, place: int) -> bool:
        """Whether so many values were left out that it cannot be true."""
        return place > max(self.highest, 0) + MAX_JUMP

    def take(self, place: int) -> bool:
        """Remember a value; False where it was served before."""
        byte, bit = place >> 3, 1 << (place & 7)
        if byte >= len(self.bits):
            self.bits.extend(bytes(byte + 1 - len(self.bits)))
        if self.bits[byte] & bit:
            return False
        self.bits[byte] |= bit
        self.count += 1
        self.highest = max(self.highest, place)
        return True

    def goes_forward(self, client: int, place: int) -> bool:
        """Whether this client, who polls one after the other, got a later value than before."""
        before = self.last_of.get(client, -1)
        self.last_of[client] = place
        return place > before

    def missing(self, first: int = 0, last: int | None = None) -> int:
        """How many of the values from `first` on were never served, up to `last` or the highest served."""
        end = self.highest if last is None else last
        return max(0, end + 1 - first - self.count)
