"""The components' logic is tested by Node's own test runner; pytest reports it as one test."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support import is_required

HERE = Path(__file__).parent


def test_the_javascript_tests_pass():
    node = shutil.which("node")
    if node is None:
        reason = "no Node: install Debian's package nodejs"
        if is_required("node"):
            pytest.fail(reason)
        pytest.skip(reason)
    files = sorted(str(file) for file in HERE.glob("*.test.js"))
    ran = subprocess.run([node, "--test", *files], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout[-4000:] + ran.stderr[-2000:]
