"""A file that is replaced all at once: whoever reads it finds the old contents or the new ones, and never a part."""

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from glob import escape
from pathlib import Path
from typing import IO

try:
    import fcntl
except ImportError:  # Windows, where an open file cannot be removed: that is lock enough
    fcntl = None  # type: ignore[assignment, unused-ignore]


@contextmanager
def replacing(path: str | os.PathLike[str]) -> Iterator[IO[bytes]]:
    """Open a temporary file beside `path`, which takes its place when the block ends without an error.

    The file is on the disk, not only on its way there, before it takes its place. When the process is killed, the
    temporary file `.NAME.????????.part` stays behind, and the next use for the same path removes it.

    Raises:
        OSError: the operating system refused something; `path` is as it was.

    """
    path = Path(os.path.realpath(path))
    if path.is_dir():
        raise IsADirectoryError("it is a folder: give the name of a file in it")
    if not path.parent.is_dir():
        raise FileNotFoundError(f"there is no folder {path.parent}: make it first")
    _remove_abandoned(path)
    file = _temporary(path)
    try:
        yield file
        file.flush()
        os.fsync(file.fileno())
        if path.exists():
            shutil.copymode(path, file.name)
        if fcntl is None:
            file.close()  # Windows does not rename an open file; elsewhere it stays locked until it is in place
        os.replace(file.name, path)
    except BaseException:
        with suppress(OSError):  # closing writes what is left, for which there may be no room
            file.close()
        with suppress(OSError):
            os.unlink(file.name)
        raise
    file.close()
    with suppress(OSError):  # the renaming goes to the disk too, where a folder can be opened for that
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _temporary(path: Path) -> IO[bytes]:
    """Return a new file beside `path`, locked while its writer lives."""
    while True:
        file = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part").open("x+b")
        _lock(file, wait=True)
        if os.fstat(file.fileno()).st_nlink:
            return file
        file.close()  # another process took it for abandoned, before it was locked


def _remove_abandoned(path: Path) -> None:
    """Remove the temporary files of writers that were killed; those of living ones are locked."""
    for leftover in path.parent.glob(f".{escape(path.name)}.????????.part"):
        with suppress(OSError), leftover.open("rb") as file:
            if _lock(file, wait=False):
                leftover.unlink()


def _lock(file: IO[bytes], wait: bool) -> bool:
    """Whether the file is now locked: by this process, until it is closed."""
    if fcntl is None:
        return True
    try:
        fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except OSError:  # locked by another, or on a file system without locks, where nothing is taken for abandoned
        return False
    return True
