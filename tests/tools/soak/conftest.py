"""Fixtures of the soak tests: the databases to run on."""

import pytest

from tests.conftest import DATABASE_KINDS
from tests.support import skip_or_fail, throwaway_postgres


@pytest.fixture(params=DATABASE_KINDS)
def kind(request):
    """Return the name of a database that can be started on this machine."""
    if request.param == "postgresql":
        if request.config.option.no_postgresql:
            pytest.skip("--no-postgresql was given")
        try:
            throwaway_postgres.programs()
        except throwaway_postgres.Unavailable as missing:
            skip_or_fail("postgresql", str(missing))
    return request.param
