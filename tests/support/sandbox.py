"""Runs programs like a service: as a user without rights, in a system that it may not change.

As a script it does the work of systemd or a container engine: it confines itself according to its JSON
argument, then executes the program. User namespaces make this possible without root.
"""

import ctypes
import fcntl
import json
import os
import socket
import struct
import subprocess
import sys
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

USER = 10001
IN_A_NAMESPACE = ["unshare", "--user", f"--map-user={USER}", f"--map-group={USER}", "--mount", "--keep-caps"]
# The kernel's own file systems, which services have too.
NOT_FILES = ("/proc", "/sys", "/dev")

# From linux/prctl.h, seccomp.h, sys/mman.h, net/if.h and sys/socket.h.
PR_CAPBSET_READ, PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS = 23, 24, 38
PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL = 47, 4
ALLOW, REFUSE = 0x7FFF0000, 0x00050000 | 1  # EPERM
EQUAL, GREATER, MASKED_EQUAL = 4, 6, 7
WRITE, EXECUTE = 2, 4
SIOCSIFFLAGS, IFF_UP = 0x8914, 1
FAMILIES = {"AF_UNIX": 1, "AF_INET": 2, "AF_INET6": 10}


@dataclass
class Confinement:
    """Where a program may write, and which system calls it may use; by default all that its user may."""

    writable: Sequence[str]
    system_calls: Sequence[str] = ()
    address_families: Sequence[str] = ()
    may_make_code: bool = True
    umask: int = 0o022
    has_own_network: bool = False
    folder: str = field(default_factory=os.getcwd)

    def command(self, program: Sequence[str]) -> list[str]:
        """Return the command line that runs `program` confined."""
        network = ["--net"] if self.has_own_network else []
        return [*IN_A_NAMESPACE, *network, sys.executable, __file__, json.dumps(asdict(self)), *program]


def unavailable_reason() -> str | None:
    """Return why programs cannot be confined here, or None if they can."""
    tried = subprocess.run([*IN_A_NAMESPACE, "true"], capture_output=True, text=True, check=False)
    return None if tried.returncode == 0 else f"no user namespaces: {tried.stderr.strip()}"


def _mount_read_only(writable: Collection[str]) -> None:
    lines = Path("/proc/self/mountinfo").read_text().splitlines()
    places = {line.split()[4].encode().decode("unicode_escape") for line in lines}
    for path in writable:
        subprocess.run(["mount", "--bind", path, path], check=True)
    for path in sorted(places - set(writable)):
        if not (path + "/").startswith(tuple(each + "/" for each in NOT_FILES)) and os.path.ismount(path):
            subprocess.run(["mount", "-o", "remount,bind,ro", path], check=True)


def _start_own_network() -> None:
    """Bring up 127.0.0.1, the only interface of a new network namespace."""
    with socket.socket() as any_socket:
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sh22x", b"lo", IFF_UP))


def _give_up_rights() -> None:
    libc = ctypes.CDLL(None)
    capability = 0
    while libc.prctl(PR_CAPBSET_READ, capability, 0, 0, 0) >= 0:
        libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)
        capability += 1
    libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0)
    libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)


class _Comparison(ctypes.Structure):
    _fields_ = [
        ("argument", ctypes.c_uint),
        ("how", ctypes.c_int),
        ("mask_or_value", ctypes.c_uint64),
        ("value", ctypes.c_uint64),
    ]


class _Filter:
    """A seccomp filter of system calls, built with libseccomp."""

    def __init__(self, otherwise: int) -> None:
        self._library = ctypes.CDLL("libseccomp.so.2")
        self._library.seccomp_init.restype = ctypes.c_void_p
        self._context = ctypes.c_void_p(self._library.seccomp_init(ctypes.c_uint32(otherwise)))

    def add(self, action: int, name: str, *comparison: int) -> None:
        """Add a rule for a system call, optionally if its argument compares as given; ignore unknown names.

        Raises:
            OSError: libseccomp rejects the rule.
        """
        number = self._library.seccomp_syscall_resolve_name(name.encode())
        if number < 0:
            return
        comparisons = (_Comparison * 1)(_Comparison(*comparison)) if comparison else None
        count = 1 if comparison else 0
        arguments = (self._context, ctypes.c_uint32(action), number, count, comparisons)
        if failed := self._library.seccomp_rule_add_array(*arguments):
            raise OSError(-failed, f"no filter for {name}")

    def load(self) -> None:
        """Load the filter, permanently and for all child processes, which also cannot gain privileges.

        Raises:
            OSError: The filter was not loaded.
        """
        if failed := self._library.seccomp_load(self._context):
            raise OSError(-failed, "the filter was not loaded")


def _filter_system_calls(names: Collection[str]) -> None:
    filters = _Filter(otherwise=REFUSE)
    for name in names:
        filters.add(ALLOW, name)
    filters.load()


def _filter_address_families(names: Collection[str]) -> None:
    numbers = {FAMILIES[name] for name in names}
    filters = _Filter(otherwise=ALLOW)
    for number in set(range(max(numbers))) - numbers:
        filters.add(REFUSE, "socket", 0, EQUAL, number)
    filters.add(REFUSE, "socket", 0, GREATER, max(numbers))
    filters.load()


def _refuse_new_code() -> None:
    filters = _Filter(otherwise=ALLOW)
    filters.add(REFUSE, "mmap", 2, MASKED_EQUAL, WRITE | EXECUTE, WRITE | EXECUTE)
    filters.add(REFUSE, "mprotect", 2, MASKED_EQUAL, EXECUTE, EXECUTE)
    filters.add(REFUSE, "pkey_mprotect", 2, MASKED_EQUAL, EXECUTE, EXECUTE)
    filters.load()


def _become(confinement: Confinement, program: Sequence[str]) -> None:
    _mount_read_only(confinement.writable)
    if confinement.has_own_network:
        _start_own_network()
    os.chdir(confinement.folder)
    os.umask(confinement.umask)
    _give_up_rights()
    if not confinement.may_make_code:
        _refuse_new_code()
    if confinement.address_families:
        _filter_address_families(confinement.address_families)
    if confinement.system_calls:
        _filter_system_calls(confinement.system_calls)
    os.execvp(program[0], program)  # noqa: S606 - replaces this process


if __name__ == "__main__":
    _become(Confinement(**json.loads(sys.argv[1])), sys.argv[2:])
