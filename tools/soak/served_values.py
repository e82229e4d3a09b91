"""The set of values that a counter has served, stored as one bit each."""

from dataclasses import dataclass, field
from decimal import Decimal

MAX_JUMP = 1_000_000
"""The largest gap that is accepted as possible. It also bounds the memory of the bit set."""


@dataclass(frozen=True)
class CounterRule:
    """The settings of a counter. It has no random part, so each value has a fixed position."""

    name: str
    value_type: str
    start: Decimal
    step: Decimal

    def find_position(self, value: int | Decimal, start: Decimal | None = None) -> int | None:
        """Return the value's index in the sequence, from 0, or None if the value is not part of it."""
        way = Decimal(value) - (self.start if start is None else start)
        position = way / (self.step if self.value_type == "INCREMENT" else -self.step)
        whole_position = int(position)
        return whole_position if whole_position == position and whole_position >= 0 else None


@dataclass
class ServedValues:
    """The values that one counter served: a collection's field, or a spike's copy of one."""

    count: int = 0
    highest: int = -1
    bits: bytearray = field(default_factory=bytearray)
    last_of: dict[int, int] = field(default_factory=dict)
    """The position of the last value that each client got."""

    def is_too_far(self, position: int) -> bool:
        """Return whether the position is so far ahead that the value must be wrong."""
        return position > max(self.highest, 0) + MAX_JUMP

    def take(self, position: int) -> bool:
        """Record a value, and return False if it was served before."""
        byte, bit = position >> 3, 1 << (position & 7)
        if byte >= len(self.bits):
            self.bits.extend(bytes(byte + 1 - len(self.bits)))
        if self.bits[byte] & bit:
            return False
        self.bits[byte] |= bit
        self.count += 1
        self.highest = max(self.highest, position)
        return True

    def goes_forward(self, client: int, position: int) -> bool:
        """Return whether this client, which polls sequentially, got a later value than before."""
        before = self.last_of.get(client, -1)
        self.last_of[client] = position
        return position > before

    def missing(self, first: int = 0, last: int | None = None) -> int:
        """Return how many values from `first` to `last` (default: the highest served) were never served."""
        end = self.highest if last is None else last
        return max(0, end + 1 - first - self.count)
