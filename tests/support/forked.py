"""Processes that do the same thing at the same moment, like workers or nodes that start together."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent

REPOSITORY = Path(__file__).resolve().parents[2]

# One interpreter imports and forks, which is faster than importing in each process; the children wait
# until the pipe closes.
SCRIPT = """
import os, sys, traceback
{setup}
ready, gate = os.pipe()
children = []
for _ in range({count}):
    child = os.fork()
    if child == 0:
        os.close(gate)
        os.read(ready, 1)
        try:
            os.write(1, f"{{run()}}\\n".encode())
        except BaseException:
            traceback.print_exc()
            sys.stderr.flush()
            os._exit(1)
        os._exit(0)
    children.append(child)
os.close(gate)
sys.exit(max(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children))
"""


def run_in_processes(
    count: int, setup: str, *arguments: str, env: Mapping[str, str] | None = None
) -> list[str]:
    """Call `run()` of `setup` in `processes` processes, all of which must succeed, and return the results."""
    outside = {name: value for name, value in os.environ.items() if not name.startswith("SPIKECAST_")}
    completed = subprocess.run(
        [sys.executable, "-c", SCRIPT.format(setup=dedent(setup), count=count), *arguments],
        cwd=REPOSITORY,
        env={**outside, **(env or {})},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert completed.returncode == 0, completed.stderr
    return completed.stdout.split()
