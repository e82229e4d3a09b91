"""A small disk of a test's own, that it can fill: gone with the process that made it."""

import errno
import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support import skip_or_fail

# A shell that mounts it and lives as long as this process holds its standard input open.
KEEPER = """
folder=$1 size=$2
if mount -t tmpfs -o "size=$size,mode=0755" spikecast-tests "$folder" 2>&1; then
    echo ready
    read -r _
    umount --lazy "$folder"
fi
rmdir "$folder"
"""


class Disk:
    """A file system of so many bytes, in memory."""

    def __init__(self, folder: Path) -> None:
        self.folder, self._filler = folder, folder / "filler"

    def fill(self) -> None:
        """Leave no room at all."""
        with self._filler.open("ab", buffering=0) as filler:
            for size in (1 << 20, 1 << 12, 1):
                try:
                    while True:
                        filler.write(b"\1" * size)
                except OSError as error:
                    if error.errno != errno.ENOSPC:
                        raise

    def free(self) -> None:
        """Take away what filled it."""
        self._filler.unlink()


@contextmanager
def small_disk(size: str) -> Iterator[Disk]:
    """A disk of a size such as `20m`; without the right to mount one the test is skipped, or fails."""
    folder = tempfile.mkdtemp(prefix="spikecast-disk-", dir="/tmp")
    keeper = subprocess.Popen(
        ["sh", "-c", KEEPER, "keeper", folder, size],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,  # Ctrl-C reaches this process first
    )
    assert keeper.stdout is not None
    answer = keeper.stdout.readline()
    try:
        if answer != "ready\n":
            skip_or_fail("disks", f"no disk to fill: {answer.strip() or 'mount says nothing'}")
        yield Disk(Path(folder))
    finally:
        keeper.communicate("it is over\n")
        assert not os.path.ismount(folder)
