"""Results kept on disk between builds: safe to delete at any time, never stale."""

import hashlib
import json
import os
import sys
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

FORMAT = 2
ENTRIES = 400


def digest(value: Any) -> str:
    """SHA-256 of a JSON value."""
    return hashlib.sha256(json.dumps(value, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def file_digest(path: Path) -> str:
    """SHA-256 of a file; of a missing one, the empty string."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""


def folder_digest(folder: Path, leave_out: Iterable[str] = ()) -> str:
    """SHA-256 of the files under a folder, but for compiled Python and the subfolders of the given names."""
    left_out = {"__pycache__", *leave_out}
    files = {}
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in left_out)
        files.update({str(path.relative_to(folder)): file_digest(path) for path in (Path(place, n) for n in names)})
    return digest(files)


def installed() -> list[str]:
    """Python's version and `name-version` of every installed distribution, NumPy's among them."""
    names = set()
    for place in sys.path:
        with suppress(OSError):
            names |= {entry.name for entry in os.scandir(place or ".") if entry.name.endswith(".dist-info")}
    return [sys.version, *sorted(names)]


class Store:
    """Entries of JSON in a folder, each with a digest of itself; one that is damaged counts as missing."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def read(self, key: str) -> Any:
        """The value of an entry; None if there is none that can be relied upon."""
        path = self.folder / f"{key}.json"
        try:
            entry = json.loads(path.read_text(encoding="utf-8"))
            if entry["digest"] != digest(entry["value"]):
                return None
            os.utime(path)  # the entries used last are kept
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return entry["value"]

    def write(self, key: str, value: Any) -> None:
        """Write an entry in one step, so that another build never reads a part of it."""
        write_atomically(self.folder / f"{key}.json", json.dumps({"digest": digest(value), "value": value}).encode())

    def prune(self, entries: int = ENTRIES) -> None:
        """Remove all but the entries used last."""

        def used(path: Path) -> float:
            try:
                return path.stat().st_mtime
            except OSError:  # another build has removed it
                return 0.0

        for path in sorted(self.folder.glob("*.json"), key=used, reverse=True)[entries:]:
            with suppress(OSError):
                path.unlink()


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file so that it is seen whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.replace(name, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(name)
        raise
