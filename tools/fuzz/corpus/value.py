"""A hostile value, and its encoding for each kind of input."""

import json
from dataclasses import dataclass
from urllib.parse import quote


@dataclass(frozen=True)
class Value:
    """A named value. The name and the kind together are unique.

    `json` is the text in a JSON body, `plain` the bytes in a form or header before encoding, and `escaped`
    the text in a URL. `is_never_right` says that no input of a JSON body may accept it.
    """

    kind: str
    name: str
    json: bytes
    plain: bytes
    escaped: str
    is_never_right: bool = False

    def __str__(self) -> str:
        return f"{self.kind}: {self.name}"

    @property
    def text(self) -> str:
        """The value decoded as UTF-8."""
        return self.plain.decode("utf-8", "replace")

    @property
    def as_key(self) -> str:
        """The value as a key of an object: its string in JSON, or else its decoded text."""
        if not self.json.startswith(b'"'):
            return self.text
        try:
            return str(json.loads(self.json))
        except ValueError:
            return self.text

    @property
    def fits_a_header(self) -> bool:
        """Whether a server in front of the app would accept the value in a header."""
        return not any(byte in self.plain for byte in b"\r\n\0") and len(self.plain) <= 8_000


def written(kind: str, name: str, sent: str | bytes, *, never: bool = False) -> Value:
    """Build a value whose JSON text is `sent`, valid or not."""
    sent = sent.encode() if isinstance(sent, str) else sent
    return Value(kind, name, sent, sent, quote(sent, safe=""), never)


def text(kind: str, name: str, content: str, *, never: bool = False) -> Value:
    """Build a text. A lone surrogate is escaped in JSON, and encoded like any other character elsewhere."""
    plain = content.encode("utf-8", "surrogatepass")
    return Value(kind, name, json.dumps(content).encode(), plain, quote(plain, safe=""), never)


def in_an_address(kind: str, name: str, escaped: str) -> Value:
    """Build a value whose point is its escaped form in a URL; in other inputs it is an ordinary text."""
    plain = escaped.encode()
    return Value(kind, name, json.dumps(escaped).encode(), plain, escaped)
