"""Description of the machine and the software that a benchmark ran on."""

import os
import platform
import sqlite3
import subprocess
import tempfile
from importlib.metadata import version
from pathlib import Path

from tools.bench import load

REPOSITORY = Path(__file__).resolve().parents[2]
PACKAGES = ("flask", "gunicorn", "sqlalchemy", "psycopg", "orjson")


def describe() -> dict[str, str]:
    """Return the hardware, the versions of the software, and the revision of Spikecast."""
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return {
        "Spikecast": _revision(),
        "Machine": f"{_processor()}, {os.cpu_count()} cores, {_memory()}, {_system()}",
        "Data on": _file_system(tempfile.gettempdir()),
        "Python": f"{platform.python_version()}, SQLite {sqlite3.sqlite_version}, {packages}",
        "Load": f"{load.version()}, {load.CONNECTIONS} connections",
    }


def _revision() -> str:
    version = _get_output("git", "describe", "--always", "--dirty", "--abbrev=12")
    return version or "not from a git repository"


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _system() -> str:
    return f"{platform.system()} {platform.release()}"


def _memory() -> str:
    return f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GiB"


def _file_system(folder: str) -> str:
    kind = _get_output("stat", "--file-system", "--format=%T", folder)
    return f"{folder} ({kind})" if kind else folder


def _get_output(*command: str) -> str:
    try:
        return subprocess.run(
            command, cwd=REPOSITORY, capture_output=True, text=True, check=False
        ).stdout.strip()
    except OSError:
        return ""
