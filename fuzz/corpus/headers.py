"""What stands in headers: credentials, types, hosts, addresses."""

from fuzz.corpus.value import Value, text, written

_UNSIGNED = "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.eyJzdWIiOiIxIiwic2lkIjoiMSIsInR5cGUiOiJhY2Nlc3MifQ."

_HEADERS = {
    "Bearer alone": "Bearer",
    "Bearer and a space": "Bearer ",
    "Bearer of nothing": "Bearer null",
    "Bearer twice": "Bearer Bearer x",
    "Bearer of two": "Bearer a b",
    "Bearer with a comma": "Bearer a, Bearer b",
    "Bearer of dots": "Bearer ...",
    "Bearer of two parts": "Bearer a.b",
    "Bearer of five parts": "Bearer a.b.c.d.e",
    "a token without a signature": f"Bearer {_UNSIGNED}",
    "a token whose head is no JSON": "Bearer !!!!.e30.e30",
    "a token whose head is a list": "Bearer W10.e30.e30",
    "a token of another algorithm": "Bearer eyJhbGciOiJSUzI1NiJ9.e30.e30",
    "a token with an address of a key": "Bearer "
    "eyJqa3UiOiJodHRwOi8vMTI3LjAuMC4xLyIsImFsZyI6IkhTMjU2In0.e30.e30",
    "an endless token": "Bearer " + "a" * 7_900,
    "Basic": "Basic YWRhOmFkYQ==",
    "Basic that is no base64": "Basic !!!",
    "Digest": 'Digest username="ada"',
    "Negotiate": "Negotiate x",
    "Bearer and a key": "Bearer spk_" + "0" * 38,
    "a cookie that is no token": "spikecast_session=x; spikecast_csrf=x",
    "a cookie with a token without a signature": f"spikecast_session={_UNSIGNED}; spikecast_csrf=x",
    "cookies without names": "=; =x; ;;;",
    "a cookie with quotes": 'spikecast_session="\\"; a=b',
    "a form's cookie that is none": "spikecast_form=.eJw; spikecast_form=x",
    "500 cookies": "; ".join(f"c{number}=1" for number in range(500)),
    "JSON": "application/json",
    "JSON in capitals": "Application/JSON; Charset=UTF-8",
    "JSON of another encoding": "application/json; charset=utf-16",
    "a patch": "application/merge-patch+json",
    "JSON by another name": "text/json",
    "JSON with a callback": "application/jsonp",
    "JSON among others": "application/json, text/plain",
    "JSON as a parameter": "text/plain; application/json",
    "a form": "application/x-www-form-urlencoded",
    "a form of parts": "multipart/form-data; boundary=x",
    "a form of parts without a boundary": "multipart/form-data",
    "a form of parts with an odd boundary": 'multipart/form-data; boundary="\\"',
    "plain text": "text/plain",
    "XML": "application/xml",
    "a type without a slash": "application",
    "a type that is only a suffix": "+json",
    "any type": "*/*",
    "weights that are none": "text/html;q=x, */*;q=99",
    "200 types": ",".join(f"a/{number};q=0.{number}" for number in range(200)),
    "another host": "evil.example",
    "a host with a space": "a b",
    "a host with markup": '"><script>',
    "a host that is cut off": "[::1",
    "a host with a port beyond all": "x:99999",
    "a host with a path": "a/b",
    "a host with an at": "localhost@evil.example",
    "an origin": "https://evil.example",
    "an origin that is cut off": "https://[::1",
    "an address": "127.0.0.1",
    "an address that is none": "256.256.256.256",
    "addresses": ", ".join(["10.0.0.1"] * 300),
    "a range": "bytes=0-",
    "a range beyond all": "bytes=99999999999999999999-",
    "a date that is none": "Thu, 99 Foo 2026 99:99:99 GMT",
    "a tag": 'W/"x", *',
    "a language": "tlh-Latn-x-" + "a" * 200,
    "a browser": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36",
    "300 characters": "x" * 300,
    "8,000 characters": "x" * 8_000,
}
_BYTES = {"Latin-1": b"Zo\xeb", "not UTF-8": b"\xff\xfe", "controls": b"a\x01\x08\x1b\x7fb"}


def values() -> list[Value]:
    """All of them."""
    return [
        *(text("header", name, said) for name, said in _HEADERS.items()),
        *(written("header", name, said, never=True) for name, said in _BYTES.items()),
    ]
