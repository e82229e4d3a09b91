"""Node, for tests of scripts without a browser."""

import shutil

import pytest

from tests.support import is_required


def node_program() -> str:
    """Return the path of Node; the test is skipped where there is none, and fails where it is required."""
    node = shutil.which("node")
    if node is None:
        reason = "no Node: install Debian's package nodejs"
        if is_required("node"):
            pytest.fail(reason)
        pytest.skip(reason)
    return node
