"""SQLite files: copy a database while it is written to, and publish the copy in one step."""

import os
import secrets
import shutil
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from app.backup.sqlite_checks import get_reason, open_untrusted, refuse_damaged
from app.core import file_ownership
from app.core.errors import Conflict

COMPANIONS = ("-wal", "-shm", "-journal")
LOCKS = (".serving", ".migrating", ".turn")


def list_own_files(database: Path) -> list[Path]:
    """Return the database file and all files beside it that belong to it, even if they do not exist."""
    return [database.with_name(database.name + suffix) for suffix in ("", *COMPANIONS, *LOCKS)]


def refuse_to_replace(target: Path, protected: Iterable[Path]) -> None:
    """Check that writing to `target` harms neither a protected file nor a database that is open.

    Files are compared by device and inode, so hard links, symbolic links and other spellings on a file
    system that ignores case count as the same file. Missing files are compared by folder and name.

    Raises:
        Conflict: It would harm one.
    """
    for file in protected:
        if _is_same_file(target, file):
            raise Conflict(f"{target} belongs to the running installation ({file}); choose another name.")
    for companion in (target.with_name(target.name + suffix) for suffix in COMPANIONS):
        if companion.exists():
            raise Conflict(
                f"{companion} exists, so {target} is a database that is in use or was not closed; choose "
                "another name."
            )


def _is_same_file(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        pass
    try:
        return one.name.casefold() == other.name.casefold() and one.parent.samefile(other.parent)
    except OSError:
        return False


def save(source: sqlite3.Connection, target: Path, *, overwrite: bool) -> None:
    """Copy the database of `source`, as it is at one instant, to `target`; on failure leave nothing behind.

    Raises:
        Conflict: The target exists or is a folder, the disk is full, or the copy cannot be written.
    """
    if target.is_dir():
        raise Conflict(f"{target} is a folder; name a file.")
    exists = f"{target} already exists; choose another name, or use --overwrite."
    if target.exists() and not overwrite:
        raise Conflict(exists)
    _refuse_without_space(source, target.parent)
    try:
        with create_draft(target) as draft:
            with closing(open_untrusted(draft)) as copy:
                source.backup(copy)  # all pages in one step: one instant, and writers need not wait
            finalize(draft, target)
            publish(draft, target, overwrite=overwrite)
    except FileExistsError:
        raise Conflict(exists) from None
    except (OSError, sqlite3.Error) as error:
        raise Conflict(f"{target} could not be written: {get_reason(error)}.") from error


def _refuse_without_space(source: sqlite3.Connection, folder: Path) -> None:
    """Check that the folder has space for a copy of the database.

    Raises:
        Conflict: The folder has too little space, or cannot be used.
    """
    (pages,), (size,) = (source.execute(f"PRAGMA {name}").fetchone() for name in ("page_count", "page_size"))
    try:
        free = shutil.disk_usage(folder).free
    except OSError as error:
        raise Conflict(f"{folder} cannot be written to: {get_reason(error)}.") from None
    if free < pages * size:
        needed = f"{pages * size // 1024} KiB, and {folder} has {free // 1024} KiB free"
        raise Conflict(f"There is not enough disk space for the backup: it needs {needed}.")


@contextmanager
def create_draft(target: Path) -> Iterator[Path]:
    """Create an empty file in the folder of `target` that only its owner can read; remove it afterwards."""
    draft = target.with_name(f".{target.name}.{secrets.token_hex(4)}.draft")
    os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        yield draft
    finally:
        for suffix in ("", *COMPANIONS):
            draft.with_name(draft.name + suffix).unlink(missing_ok=True)


def finalize(draft: Path, name: Path) -> None:
    """Make the draft a single file without companions, check it for damage, and flush it to the disk."""
    with closing(open_untrusted(draft)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
        refuse_damaged(connection, name)
    file_ownership.fsync(draft)


def publish(draft: Path, target: Path, *, overwrite: bool) -> None:
    """Rename the finished draft to `target`, in one step that a crash cannot interrupt halfway.

    Raises:
        FileExistsError: There is a file of that name, and `overwrite` is false.
    """
    if overwrite:
        draft.replace(target)
    else:
        try:
            os.link(draft, target)  # unlike renaming, this fails if the file exists
        except FileExistsError:
            raise
        except OSError:  # a file system without hard links, such as that of a USB stick
            draft.rename(target)
    file_ownership.fsync(target.parent)
