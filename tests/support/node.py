"""Node, for tests of scripts without a browser."""

import shutil

from tests.support import skip_or_fail


def node_program() -> str:
    """Return the path of Node; the test is skipped where there is none, and fails where it is required."""
    node = shutil.which("node")
    if node is None:
        skip_or_fail("node", "no Node: install Debian's package nodejs")
    return node
