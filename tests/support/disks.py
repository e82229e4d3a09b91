"""A small disk for a test to fill, which disappears with the process that created it."""

import errno
import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support import skip_or_fail

# This shell mounts the disk, and lives as long as this process keeps its standard input open.
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
    """A file system in memory with a fixed size in bytes."""

    def __init__(self, folder: Path) -> None:
        self.folder, self._filler = folder, folder / "filler"

    def fill(self) -> None:
        """Fill the disk completely."""
        with self._filler.open("ab", buffering=0) as filler:
            for size in (1 << 20, 1 << 12, 1):
                try:
                    while True:
                        filler.write(b"\1" * size)
                except OSError as error:
                    if error.errno != errno.ENOSPC:
                        raise

    def free(self) -> None:
        """Remove what `fill` has written."""
        self._filler.unlink()


@contextmanager
def small_disk(size: str) -> Iterator[Disk]:
    """Yield a disk of a size such as `20m`; skip the test, or fail it, without the right to mount one."""
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
