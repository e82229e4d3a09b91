"""Node.js, for tests of scripts without a browser."""

import shutil
import tempfile
from functools import cache
from pathlib import Path

from app.web import value_types_script
from tests.support import skip_or_fail


def node_program() -> str:
    """Return the path of Node.js; skip the test, or fail it if required, where it is missing."""
    node = shutil.which("node")
    if node is None:
        skip_or_fail("node", "no Node: install Debian's package nodejs")
    return node


@cache
def node_with_value_types() -> tuple[str, ...]:
    """Return the command for scripts that read the value types, which pages load before them."""
    script = Path(tempfile.mkdtemp(), "value-types.cjs")
    script.write_bytes(value_types_script.get_script().body)
    return node_program(), "--require", str(script)
