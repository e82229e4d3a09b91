"""Hostile URLs: escapes, dots, slashes, and alternative spellings of the same path."""

from tools.fuzz.corpus.value import Value, in_an_address

_ESCAPED = {
    "one dot": ".",
    "two dots, escaped": "%2e%2e",
    "up and down again": "1/../1",
    "up and down again, escaped": "1%2F..%2F1",
    "a file above": "..%2f..%2fetc%2fpasswd",
    "a file above, with backslashes": "..%5c..%5cwindows",
    "a file of this machine": "%2Fetc%2Fpasswd",
    "a slash": "/",
    "an escaped slash": "%2F",
    "two slashes": "//",
    "a slash at the end": "1/",
    "a slash escaped twice": "%252F",
    "NUL": "%00",
    "a number and NUL": "1%00",
    "a number and a line feed": "1%0A",
    "a number and CR LF": "1%0d%0aSet-Cookie:%20a=1",
    "a space before": "%201",
    "a space as plus": "+1",
    "an escaped plus": "%2B1",
    "a malformed escape": "%zz",
    "a percent sign": "%",
    "half an escape": "%4",
    "an escape of 16 bits": "%u0041",
    "not UTF-8": "%FF%FE",
    "UTF-8 that is cut off": "%E2%82",
    "UTF-8 that is too long": "%C0%AF",
    "a surrogate": "%ED%A0%80",
    "a truck": "%F0%9F%9A%9A",
    "turned around": "%E2%80%AE",
    "a byte order mark": "%EF%BB%BF1",
    "a dotted I": "PERFORM%C4%B0NCE",
    "a semicolon": "1;jsessionid=1",
    "an at": "user@evil",
    "a colon": "a:b",
    "a wildcard": "*",
    "an escaped question mark": "1%3Fa=b",
    "an escaped hash": "1%23a",
    "an ampersand": "1%26page=1",
    "another host": "https://evil.example",
    "another host without a scheme": "//evil.example",
    "another host behind a backslash": "/\\evil.example",
    "another host behind a tab": "/%09/evil.example",
    "a leading zero": "01",
    "2^31": "2147483648",
    "10,000 digits": "9" * 10_000,
    "50,000 characters": "x" * 50_000,
    "2,000 slashes": "x/" * 2_000,
    "another number": "999999",
}


def values() -> list[Value]:
    """Return all URLs."""
    return [in_an_address("address", name, content) for name, content in _ESCAPED.items()]
