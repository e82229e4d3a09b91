"""The shipped systemd unit, as the installed systemd parses it."""

import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

from tests.support.sandbox import Confinement
from tests.support.server import REPOSITORY

SHIPPED = REPOSITORY / "deploy" / "spikecast.service"


class Unit:
    """The shipped unit with only its paths replaced."""

    def __init__(self, places: Mapping[str, Path]) -> None:
        self.text = SHIPPED.read_text()
        for shipped, here in places.items():
            assert shipped in self.text, f"{SHIPPED} does not name {shipped}"
            self.text = self.text.replace(shipped, str(here))

    def all(self, name: str) -> list[str]:
        """Return all values of this name in the unit."""
        return re.findall(rf"^{name}=(.*)$", self.text, re.MULTILINE)

    def one(self, name: str) -> str:
        """Return the only value of this name in the unit."""
        (command,) = self.all(name)
        return command

    def confinement(self, writable: list[Path]) -> Confinement:
        """Return the unit's confinement, as far as it is possible without systemd."""
        assert (self.one("ProtectSystem"), self.one("NoNewPrivileges")) == ("strict", "yes")
        assert self.one("SystemCallErrorNumber") == "EPERM"
        return Confinement(
            writable=[str(path) for path in writable],
            system_calls=sorted(self._system_calls()),
            address_families=self.one("RestrictAddressFamilies").split(),
            may_make_code=self.one("MemoryDenyWriteExecute") != "yes",
            umask=int(self.one("UMask"), 8),
            folder=self.one("WorkingDirectory"),
        )

    def _system_calls(self) -> set[str]:
        """Return the allowed system calls: the first line allows some, the others remove (~) or add some."""
        allowed: set[str] = set()
        for line in self.all("SystemCallFilter"):
            names = set[str]().union(*map(_members, line.removeprefix("~").split()))
            allowed = allowed - names if line.startswith("~") else allowed | names
        return allowed


def _members(name: str) -> set[str]:
    """Return the system calls of a set such as @system-service, including those of nested sets."""
    if not name.startswith("@"):
        return {name}
    command = ["systemd-analyze", "syscall-filter", name]
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    names = {line.strip() for line in output if line.startswith("    ") and "#" not in line}
    return set[str]().union(*map(_members, names))
