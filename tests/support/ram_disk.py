"""Folders for databases of tests that need not survive a power cut."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

RAM_DISK = Path("/dev/shm")  # noqa: S108 - tempfile makes the names in it
MIN_FREE_BYTES = 512 << 20


@contextmanager
def ram_folder(prefix: str) -> Iterator[Path]:
    """Yield a temporary folder in memory, where no commit waits for a disk.

    Where there is no room for it, as in a container with 64 MiB (Docker's default), it is on the disk.
    """
    has_room = RAM_DISK.is_dir() and shutil.disk_usage(RAM_DISK).free >= MIN_FREE_BYTES
    with tempfile.TemporaryDirectory(prefix=prefix, dir=RAM_DISK if has_room else None) as folder:
        yield Path(folder)
