"""The logic of the pages is tested by Node's own test runner, as it is served; pytest reports one test."""

import shutil
import subprocess
from pathlib import Path

import rjsmin

from tests.support.node import node_with_value_types

HERE = Path(__file__).parent
LIBRARY = Path("static/js/lib")


def as_served(root: Path, copy: Path) -> list[str]:
    """Copy the tests and what they test, each script as it is served; give the files of tests."""
    for script in (root / LIBRARY).rglob("*.js"):
        served = copy / script.relative_to(root)
        served.parent.mkdir(parents=True, exist_ok=True)
        served.write_text(rjsmin.jsmin(script.read_text()))
    shutil.copytree(HERE, copy / "tests/js", ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    return sorted(str(file) for file in (copy / "tests/js").glob("*.test.js"))


def test_the_javascript_tests_pass(tmp_path):
    node = node_with_value_types()
    files = as_served(HERE.parents[1], tmp_path)
    ran = subprocess.run([*node, "--test", *files], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout[-4000:] + ran.stderr[-2000:]
