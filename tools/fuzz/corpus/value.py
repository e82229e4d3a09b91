"""What a hostile value is, however it is sent."""

import json
from dataclasses import dataclass
from urllib.parse import quote


@dataclass(frozen=True)
class Value:
    """A value by name. The name and the kind together are unique.

    `json` is how it stands in a JSON body; `plain` is the same in a form or header, before any encoding;
    `escaped` in an address. `is_never_right` says that no input of a JSON body may take it.
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
        """What a reader of UTF-8 makes of it."""
        return self.plain.decode("utf-8", "replace")

    @property
    def as_key(self) -> str:
        """The value as a key of an object: the text that it is in JSON, else what a reader makes of it."""
        if not self.json.startswith(b'"'):
            return self.text
        try:
            return str(json.loads(self.json))
        except ValueError:
            return self.text

    @property
    def fits_a_header(self) -> bool:
        """Whether a server in front of the app would let it through."""
        return not any(byte in self.plain for byte in b"\r\n\0") and len(self.plain) <= 8_000


def written(kind: str, name: str, sent: str | bytes, *, never: bool = False) -> Value:
    """A value that stands in JSON as it is written here, right or not."""
    sent = sent.encode() if isinstance(sent, str) else sent
    return Value(kind, name, sent, sent, quote(sent, safe=""), never)


def text(kind: str, name: str, said: str, *, never: bool = False) -> Value:
    """A text; half a surrogate pair is escaped in JSON, elsewhere it is encoded as if it were whole."""
    plain = said.encode("utf-8", "surrogatepass")
    return Value(kind, name, json.dumps(said).encode(), plain, quote(plain, safe=""), never)


def in_an_address(kind: str, name: str, escaped: str) -> Value:
    """What is special about it is how an address escapes it; elsewhere it is a text."""
    plain = escaped.encode()
    return Value(kind, name, json.dumps(escaped).encode(), plain, escaped)
