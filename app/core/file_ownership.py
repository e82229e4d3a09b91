"""Files that Spikecast creates: their mode, their owner, and messages about files that cannot be used.

New files are for their owner alone (0600). There is one exception, for containers that run under an arbitrary
user id of group 0: in a folder of group 0 that this group may write and others may not enter, the group may
use the files too (0660), so that the next user id finds them.

If root creates a file beside another user's database, that user becomes its owner, as SQLite does with its
log. Otherwise a command that root runs once would lock the service out.
"""

import grp
import os
import pwd
import stat
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

PRIVATE, GROUP_0 = 0o600, 0o660


def get_new_file_mode(folder: Path) -> int:
    """Return the mode of a new file in `folder`."""
    with suppress(OSError):
        status = folder.stat()
        if status.st_gid == 0 and status.st_mode & 0o077 == 0o070:
            return GROUP_0
    return PRIVATE


def make_folder(folder: Path) -> None:
    """Create a missing folder for its owner alone, and put its entry on the disk."""
    if not folder.is_dir():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        fsync(folder.parent)


def open_file(path: Path, flags: int, like: Path | None = None) -> int:
    """Open a file and return its descriptor; a missing one is created, with the owner of `like`.

    Without `like`, or where that is missing too, root's new files get the owner of the folder.
    """
    try:
        return os.open(path, flags & ~(os.O_CREAT | os.O_EXCL | os.O_TRUNC) | os.O_CLOEXEC)
    except FileNotFoundError:
        pass
    try:
        return create_file(path, flags, like)
    except FileExistsError:  # another process has created it meanwhile
        return os.open(path, flags & ~(os.O_CREAT | os.O_EXCL) | os.O_CLOEXEC)


def create_file(path: Path, flags: int, like: Path | None = None) -> int:
    """Create a file that must not exist, and return its descriptor."""
    mode = get_new_file_mode(path.parent)
    handle = os.open(path, flags | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
    try:
        if mode != PRIVATE:
            os.fchmod(handle, mode)  # whatever the umask
        copy_owner(handle, like if like and like.exists() else path.parent)
    except BaseException:
        os.close(handle)
        raise
    return handle


def copy_owner(file: int | Path, like: Path) -> None:
    """Give what root created to the owner of `like`; do nothing for anybody else."""
    if os.geteuid() == 0:
        with suppress(OSError):  # some file systems have no owners
            status = like.stat()
            os.chown(file, status.st_uid, status.st_gid)


def fsync(path: Path) -> None:
    """Put a file, or the entries of a folder, on the disk."""
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def get_user_name(uid: int) -> str:
    """Return the name of a user, or the id where it has none."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"user id {uid}"


def find_access_problem(paths: Iterable[Path], *, writes: bool = True) -> str | None:
    """Name the first of these files and folders that this process may not use, its owner and the remedy.

    Missing ones are skipped, but the nearest folder above the first path has to allow creating it.
    """
    needed = os.R_OK | (os.W_OK if writes else 0)
    for path in paths:
        try:
            status = path.stat()
        except PermissionError:
            return _describe_problem(_find_closed_folder(path), "entered")
        except OSError:
            continue
        is_folder = stat.S_ISDIR(status.st_mode)
        if not os.access(path, needed | (os.X_OK if is_folder else 0), effective_ids=True):
            readable = os.access(path, os.R_OK, effective_ids=True)
            return _describe_problem(path, "written" if readable else "read")
    return None


def _find_closed_folder(path: Path) -> Path:
    for folder in reversed(path.parents):
        if not os.access(folder, os.X_OK, effective_ids=True):
            return folder
    return path


def _describe_problem(path: Path, verb: str) -> str:
    status = path.stat()
    me, owner = get_user_name(os.geteuid()), get_user_name(status.st_uid)
    fact = f"{path} cannot be {verb} by {me}: it belongs to {owner}, mode {stat.S_IMODE(status.st_mode):04o}"
    if status.st_uid == os.geteuid():
        return f"{fact}. Remedy: chmod u+rw{'x' if path.is_dir() else ''} {path}"
    target = path if path.is_dir() else path.parent
    return f"{fact}. Remedy: run this as {owner}, or, as root: chown -R {_account(os.geteuid())} {target}"


def _account(uid: int) -> str:
    with suppress(KeyError):
        return pwd.getpwuid(uid).pw_name
    return str(uid)


def get_group_name(gid: int) -> str:
    """Return the name of a group, or the id where it has none."""
    try:
        return grp.getgrgid(gid).gr_name
    except KeyError:
        return str(gid)


def find_exposure(path: Path) -> str | None:
    """Return which others may use a file or folder of the installation, and the remedy, or None."""
    try:
        status = path.stat()
    except OSError:
        return None
    mode, tolerated = stat.S_IMODE(status.st_mode), 0o750 if path.is_dir() else 0o640
    if status.st_gid == 0:
        tolerated |= 0o070
    excess = mode & 0o777 & ~tolerated
    if not excess:
        return None
    who = "all users of this machine" if excess & 0o007 else f"the group {get_group_name(status.st_gid)}"
    may = "write to it" if excess & 0o022 else "read it"
    return f"{path} has mode {mode:04o}: {who} may {may}. Remedy: chmod {mode & tolerated:04o} {path}"
