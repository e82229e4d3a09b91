"""Loads given settings in tests."""

import pytest

import config

SECRET = "0123456789abcdef0123456789abcdef"
ADMIN = {"ADMIN_EMAIL": "ada@example.org", "ADMIN_USERNAME": "ada", "ADMIN_PASSWORD": "a good password"}


def load_with(**settings: str) -> config.Settings:
    """Load these settings, whose names have no prefix."""
    return config.load({f"SPIKECAST_{name}": value for name, value in settings.items()})


def refusal(**settings: str) -> str:
    """Return the message with which these settings are refused."""
    with pytest.raises(config.BadSetting) as error:
        load_with(**settings)
    return str(error.value)
