"""Numbers at and beyond every bound, as JSON text, so that they are sent exactly as written."""

from tests.support.numbers import BAD_NUMBERS
from tools.fuzz.corpus.value import Value, text, written

_BOUNDS = {
    "an id": 2**31 - 1,
    "4 bytes, unsigned": 2**32 - 1,
    "what JavaScript keeps": 2**53 - 1,
    "8 bytes": 2**63 - 1,
    "8 bytes, unsigned": 2**64 - 1,
}

_WRITTEN = {
    "0": "0",
    "-0": "-0",
    "-0.0": "-0.0",
    "0e0": "0e0",
    "0e999999999": "0e999999999",
    "1": "1",
    "-1": "-1",
    "1.0": "1.0",
    "1.5": "1.5",
    "-1.5": "-1.5",
    "0.1": "0.1",
    "1e0": "1e0",
    "1E+2": "1E+2",
    "100e-2, which is 1": "100e-2",
    "2": "2",
    "14": "14",
    "15": "15",
    "16": "16",
    "100": "100",
    "199": "199",
    "200": "200",
    "201": "201",
    "255": "255",
    "256": "256",
    "499.9999999999": "499.9999999999",
    "500": "500",
    "500.0000000001": "500.0000000001",
    "600": "600",
    "1000": "1000",
    "1001": "1001",
    "86400": "86400",
    "86401": "86401",
    "32767": "32767",
    "32768": "32768",
    "65535": "65535",
    "65536": "65536",
    "10000000, the last page": "10000000",
    "10000001": "10000001",
    "the longest duration": str(8028 * 366 * 86400),
    "a second more than the longest duration": str(8028 * 366 * 86400 + 1),
    "10^12": "1000000000000",
    "10^18": "1000000000000000000",
    "10^30": "1" + "0" * 30,
    "ten decimals": "0.0000000001",
    "half of ten decimals": "0.00000000005",
    "less than half of ten decimals": "0.000000000049",
    "11 decimals": "0.12345678901",
    "15 decimals": "0.123456789012345",
    "16 decimals": "0.1234567890123456",
    "100 decimals": "0." + "3" * 100,
    "2^53 - 1 and a half": "9007199254740991.5",
    "-2^53 + 1 and a half": "-9007199254740991.5",
    "2^53 - 1 as a float": "9007199254740991.0",
    "a third": "0.3333333333333333",
    "just below 1": "0.9999999999999999",
    "just above 1": "1.0000000000000002",
    "the smallest normal double": "2.2250738585072014e-308",
    "the largest subnormal double": "2.225073858507201e-308",
    "the smallest double": "5e-324",
    "what rounds to no double": "2e-324",
    "1e-300": "1e-300",
    "1e-400": "1e-400",
    "1e22": "1e22",
    "1e23": "1e23",
    "1e308": "1e308",
    "-1e308": "-1e308",
    "the largest double": "1.7976931348623157e308",
    "minus the largest double": "-1.7976931348623157e308",
    "just beyond the largest double": "1.7976931348623159e308",
    "1e-999999999": "1e-999999999",
}
_BEYOND_ALL = {
    "1e309": "1e309",
    "1e400": "1e400",
    "-1e400": "-1e400",
    "1e999999999": "1e999999999",
    "-1e999999999": "-1e999999999",
    "400 digits": "9" * 400,
    "401 digits": "9" * 401,
    "5,000 digits": "9" * 5_000,
    "minus 5,000 digits": "-" + "9" * 5_000,
    "5,000 decimals": "0." + "9" * 5_000,
    "an exponent of 5,000 digits": "1e" + "9" * 5_000,
    "an exponent beyond all": "1e99999999999999999999",
    "an exponent below all": "1e-99999999999999999999",
}
# Texts that are not numbers in JSON, although some parsers accept them.
_NO_JSON = {
    "NaN": "NaN",
    "Infinity": "Infinity",
    "-Infinity": "-Infinity",
    "a leading zero": "007",
    "a plus": "+1",
    "two minuses": "--1",
    "hexadecimal": "0x1F",
    "octal": "0o17",
    "binary": "0b1",
    "a point at the end": "1.",
    "a point at the beginning": ".5",
    "an exponent without digits": "1e",
    "a comma": "1,5",
    "an underscore": "1_000",
    "a complex one": "1j",
    "with a suffix": "1n",
    "Arabic digits": "\u0661\u0662",
    "full-width digits": "\uff11\uff12",
    "a superscript": "\u00b2",
}
_TEXTS = {
    "1": "1",
    "-1": "-1",
    "+1": "+1",
    "1.0": "1.0",
    "1e3": "1e3",
    "0x1": "0x1",
    "1 with spaces": " 1 ",
    "1 with a line feed": "1\n",
    "NaN": "NaN",
    "Infinity": "Infinity",
    "2^63": str(2**63),
    "Arabic digits": "\u0661\u0662",
    "full-width digits": "\uff11\uff12",
    "a superscript": "\u00b2",
}


def values() -> list[Value]:
    """Return all numbers."""
    return [
        *(_near(name, bound) for name, number in _BOUNDS.items() for bound in _around(number)),
        *(written("number", name, content) for name, content in _WRITTEN.items()),
        *(written("number", name, content, never=True) for name, content in _BEYOND_ALL.items()),
        *(written("no number", name, content, never=True) for name, content in _NO_JSON.items()),
        *(text("number as text", name, content) for name, content in _TEXTS.items()),
        *_of_the_settings(),
    ]


def _around(number: int) -> list[int]:
    return [number - 1, number, number + 1, -number, -number - 1, -number - 2]


def _near(name: str, number: int) -> Value:
    return written("number", f"{number}, near the largest of {name}", str(number))


def _of_the_settings() -> list[Value]:
    """Return the numbers that the tests of settings refuse, except those that are in this module already."""
    here = {
        *_WRITTEN.values(),
        *_BEYOND_ALL.values(),
        *(str(n) for b in _BOUNDS.values() for n in _around(b)),
    }
    return [
        written("number of a setting", content[:30], content)
        for content in dict.fromkeys(content for _, content, _ in BAD_NUMBERS)
        if content not in here and content[0] in "-0123456789"
    ]
