"""API keys in HTTP Basic credentials, and the challenges that ask for them."""

import base64

import pytest

from app.core import key_format
from tests.support.problems import refused

PATH = "/api/data/Truck%2001/performance"


def encode_credentials(text: str | bytes) -> str:
    """Return `user name:password` as HTTP Basic credentials."""
    return base64.b64encode(text if isinstance(text, bytes) else text.encode()).decode()


@pytest.mark.parametrize(
    ("scheme", "form"),
    [
        ("Basic ", "spikecast:{good}"),
        ("basic ", "spikecast:{good}"),
        ("BASIC   ", "spikecast:{good}"),
        ("Basic ", ":{good}"),
        ("Basic ", "{good}:"),
        ("Basic ", "{good}"),
        ("Basic ", "{good}:x"),
        ("Basic ", "{good}:X-API-Key"),
        ("Basic ", "{good}:spk_mistyped"),
        ("Basic ", "ada@example.org:{good}"),
        ("Basic ", "Zoë:{good}"),
        ("Basic ", " spikecast : {good} "),
        ("Basic ", "{unknown}:{good}"),
        ("Basic ", "{good}:{good}"),
        ("Basic ", "{good}:a:b"),
    ],
)
@pytest.mark.parametrize("by", ["name", "id"])
def test_a_key_may_be_the_password_or_else_the_user_name_of_basic_credentials(
    make, truck, nobody, scheme, form, by
):
    path = PATH if by == "name" else f"/api/collections/{truck['id']}/data/performance"
    credentials = encode_credentials(form.format(good=make.key().key, unknown=key_format.generate()))
    assert nobody.get(path, headers={"Authorization": scheme + credentials}).json["data"] == {"cpu": 7}


def test_basic_credentials_in_latin_1_are_accepted(make, truck, nobody):
    sent = encode_credentials(b"Zo\xeb:" + make.key().key.encode())
    assert nobody.get(PATH, headers={"Authorization": f"Basic {sent}"}).status_code == 200


@pytest.mark.parametrize(
    ("form", "message"),
    [
        ("{good}:{unknown}", "Unknown API key."),
        ("user:password", "Invalid API key (checksum mismatch). Copy the whole key."),
        ("user:spk_mistyped", "Invalid API key (checksum mismatch). Copy the whole key."),
        ("spk_mistyped:", "Invalid API key (checksum mismatch). Copy the whole key."),
        ("user:{good}:", "Invalid API key (checksum mismatch). Copy the whole key."),
        (
            "user:\N{FULLWIDTH LATIN SMALL LETTER S}{good}",
            "Invalid API key (checksum mismatch). Copy the whole key.",
        ),
    ],
)
def test_basic_credentials_without_a_valid_key_are_refused(make, truck, nobody, form, message):
    sent = encode_credentials(form.format(good=make.key().key, unknown=key_format.generate()))
    assert refused(nobody.get(PATH, headers={"Authorization": f"Basic {sent}"}), 401)["detail"] == message


@pytest.mark.parametrize("form", ["Bearer {}", "{}", "Basic {}"])
def test_x_api_key_takes_precedence_over_authorization(make, truck, nobody, form):
    good, unknown = make.key().key, key_format.generate()

    def status(first: str, second: str) -> int:
        sent = form.format(encode_credentials(f"x:{second}") if "Basic" in form else second)
        return nobody.get(PATH, headers={"X-API-Key": first, "Authorization": sent}).status_code

    assert (status(good, unknown), status(unknown, good), status(" ", good)) == (200, 401, 200)


def test_a_client_without_credentials_gets_a_basic_challenge(truck, nobody):
    challenges = nobody.get(PATH).headers.getlist("WWW-Authenticate")
    assert [challenge.split()[0] for challenge in challenges] == ["Bearer", "Basic"]


def test_a_browser_gets_no_basic_challenge(truck, nobody):
    refusal = nobody.get(PATH, headers={"Accept-Language": "en-GB,en;q=0.9"})
    assert refusal.headers.getlist("WWW-Authenticate") == ['Bearer realm="Spikecast data"']


def test_other_routes_do_not_accept_a_key_in_basic_credentials(make, truck, nobody):
    sent = encode_credentials(f"x:{make.key().key}")
    refusal = nobody.get("/api/collections", headers={"Authorization": f"Basic {sent}"})
    assert refusal.status_code == 401
    assert "Basic" not in str(refusal.headers.getlist("WWW-Authenticate"))
