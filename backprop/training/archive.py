"""A safe container: arrays and JSON in one .npz file, checked on the way in, replaced whole on the way out.

The file is a zip archive of uncompressed .npy members, which `numpy.load` opens too, and one member of JSON. Its last
bytes, the comment of the archive, are the SHA-256 of all bytes before them: a file that was cut short, or altered in
any byte, is known before anything in it is read. A checksum is proof against accidents, not against people, who can
compute one: so reading trusts nothing that the file says of itself, and evaluates and unpickles nothing.
"""

import hashlib
import json
import os
import re
import struct
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

import numpy as np

from .replacing import replacing

Array = np.ndarray[Any, Any]

VERSION = 1
"""Version of the format. A newer package reads the older ones; the trailer keeps its form in all of them."""

_DOCUMENT = "backprop.json"
_ARRAY = "$array"  # {"$array": "model/layers.0.weight"} stands in the document for the array of that name
_TRAILER = re.compile(rb"backprop archive (\d{1,4}) sha256 ([0-9a-f]{64})\Z")
_DIGEST = 64
# What `write_array` writes for an array of real numbers, and nothing else. NumPy's own reader evaluates a header as
# a Python literal, and makes room for an array before it knows whether the file has it.
_HEADER = re.compile(rb"\{'descr': '([<>|][biuf]\d{1,2})', 'fortran_order': False, 'shape': \(([0-9, ]*)\), \} *\n")
_OBJECTS = re.compile(rb"\{'descr': '[<>|=]?O")
_MALFORMED = (
    zipfile.BadZipFile,
    struct.error,
    ArithmeticError,
    EOFError,
    LookupError,
    OSError,
    RuntimeError,  # an encrypted member, an unknown compression, JSON nested too deeply
    TypeError,
    ValueError,
)


class CheckpointError(ValueError):
    """A checkpoint cannot be written, or a file is not a whole and unaltered checkpoint."""


def write_archive(path: str | os.PathLike[str], kind: str, content: Mapping[str, Any]) -> None:
    """Write nested mappings and lists of arrays, numbers, strings, booleans and None.

    Whatever happens, `path` holds either what it held before or all of the new contents. Tuples are written as
    lists, NumPy's scalars as Python's; arrays keep their type and shape.

    Args:
        path: file to make or to replace. A symbolic link stays, and the file that it names is replaced.
        kind: what the file is, which `read_archive` checks.
        content: what to write.

    Raises:
        TypeError: something in the content is none of those, with its place.
        CheckpointError: the file cannot be written: no such folder, no room, no permission.

    """
    arrays: dict[str, Array] = {}
    document = json.dumps({"kind": kind, "content": _without_arrays(content, (), arrays)}).encode()
    try:
        with replacing(path) as file:
            _write(file, document, arrays)
    except OSError as error:
        why = error.strerror or error
        raise CheckpointError(f"{path}: cannot be written: {why}. What was there before is unharmed") from error


def read_archive(path: str | os.PathLike[str], *kinds: str) -> tuple[str, dict[str, Any]]:
    """Read what `write_archive` wrote: the kind, and the contents with arrays of their own.

    Nothing in the file is executed, evaluated or unpickled, and no more memory is taken than the file is long.

    Args:
        path: file to read.
        kinds: what the file may be; any other kind is refused.

    Raises:
        CheckpointError: there is no such file, or it was cut short, altered, made by something else or by a newer
            version, or is of another kind: each has its message.

    """
    path = Path(path)
    with _opened(path) as file:
        size = _check_sum(file, path)
        try:
            with zipfile.ZipFile(file) as archive:
                members = _members(archive, size)
                document = json.loads(archive.read(members.pop(_DOCUMENT)).decode())
                arrays = {}
                for name, member in members.items():
                    with archive.open(member) as stream:
                        arrays[name.removesuffix(".npy")] = _array(stream, name)
            kind, content = document["kind"], _with_arrays(document["content"], arrays)
            if arrays:
                raise CheckpointError(f"the arrays {sorted(arrays)} have no place in its document")
            if not isinstance(kind, str) or not isinstance(content, dict):
                raise CheckpointError("its document is not a mapping of a kind")
        except CheckpointError as error:
            raise CheckpointError(f"{path}: {error}. It was not made by backprop: do not trust it") from None
        except _MALFORMED as error:
            raise CheckpointError(
                f"{path}: its checksum is right but its contents are malformed ({error!r:.200}). "
                "It was not made by backprop: do not trust it"
            ) from error
    if kind not in kinds:
        raise CheckpointError(f"{path}: holds {kind[:40]!r}, where {' or '.join(map(repr, kinds))} is needed")
    return kind, content


def _write(file: IO[bytes], document: bytes, arrays: Mapping[str, Array]) -> None:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        # A ZipInfo of one's own has a fixed date: the same contents are the same bytes.
        archive.writestr(zipfile.ZipInfo(_DOCUMENT), document)
        for name, array in arrays.items():
            with archive.open(zipfile.ZipInfo(f"{name}.npy"), "w", force_zip64=True) as member:
                np.lib.format.write_array(member, array, version=(1, 0), allow_pickle=False)
        archive.comment = b"backprop archive %d sha256 %s" % (VERSION, b"0" * _DIGEST)
    size = file.seek(-_DIGEST, os.SEEK_END)
    digest = _digest(file, size)
    file.seek(size)
    file.write(digest)


def _without_arrays(value: Any, place: tuple[str, ...], arrays: dict[str, Array]) -> Any:
    """The same as JSON can write it, with names for the arrays, which are put into `arrays`."""
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or isinstance(value, bool | int | float | str):
        return value
    where = "/".join(place)
    if isinstance(value, Mapping):
        for key in value:
            if not isinstance(key, str) or key == _ARRAY:
                raise TypeError(
                    f"{where or 'the content'} has the key {key!r}: keys are strings, other than {_ARRAY!r}"
                )
        return {key: _without_arrays(item, (*place, key), arrays) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_without_arrays(item, (*place, str(i)), arrays) for i, item in enumerate(value)]
    if not isinstance(value, np.ndarray) or value.dtype.kind not in "biuf":
        what = f"an array of {value.dtype}" if isinstance(value, np.ndarray) else f"a {type(value).__name__}"
        raise TypeError(f"{where} is {what}: a file holds real numbers, arrays of them, strings, booleans and None")
    if not all(key.isprintable() and not {"/", "\\"} & set(key) for key in place):
        raise TypeError(f"{where!r} names an array, with a character that a name in a zip archive cannot have")
    arrays[where] = np.asarray(value, order="C")
    return {_ARRAY: where}


def _with_arrays(value: Any, arrays: dict[str, Array]) -> Any:
    """Put the arrays back into a document, each once: it is taken out of `arrays`."""
    if isinstance(value, dict):
        if value.keys() == {_ARRAY}:
            return arrays.pop(value[_ARRAY])
        return {key: _with_arrays(item, arrays) for key, item in value.items()}
    return [_with_arrays(item, arrays) for item in value] if isinstance(value, list) else value


def _opened(path: Path) -> IO[bytes]:
    try:
        if path.is_dir():
            raise CheckpointError(f"{path}: is a folder, not a checkpoint. Give the name of a file in it")
        if path.exists() and not path.is_file():
            raise CheckpointError(f"{path}: is a device or a pipe, not a file")
        return path.open("rb")
    except FileNotFoundError:
        raise CheckpointError(f"{path}: there is no such file. Is it in another folder?") from None
    except OSError as error:
        raise CheckpointError(f"{path}: cannot be opened: {error.strerror or error}") from error


def _check_sum(file: IO[bytes], path: Path) -> int:
    """The length of a file that ends with the checksum of all before it, in a version that can be read."""
    head = file.read(128)
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - 128))
    trailer = _TRAILER.search(file.read(128))
    if trailer is not None:
        if _digest(file, size - _DIGEST) != trailer[2]:
            raise CheckpointError(f"{path}: was altered: its checksum is not that of its contents. Use another copy")
        if int(trailer[1]) > VERSION:
            raise CheckpointError(
                f"{path}: is of version {int(trailer[1])} of the format, and this package knows up to {VERSION}. "
                "Upgrade backprop-tutorial"
            )
        return size
    if not head:
        what = "is empty: nothing was written to it, or all was lost. Use another copy"
    elif _DOCUMENT.encode() in head:
        what = f"was cut short or added to: its {size} bytes do not end with a checksum. Use another copy"
    elif head[0] == 0x80 or b"data.pkl" in head:
        what = (
            "holds a pickle, which can run any code when it is loaded: refused. Save arrays in the program that made it"
        )
    elif head[:2] == b"PK":
        what = "is a zip archive or an .npz file, but not one that backprop wrote. Open it with numpy.load"
    else:
        what = "is not a checkpoint: it is not even a zip archive"
    raise CheckpointError(f"{path}: {what}")


def _digest(file: IO[bytes], size: int) -> bytes:
    """SHA-256 of the first bytes of a file, as hexadecimal digits."""
    file.seek(0)
    state = hashlib.sha256()
    while size > 0 and (part := file.read(min(size, 1 << 20))):
        state.update(part)
        size -= len(part)
    return state.hexdigest().encode()


def _members(archive: zipfile.ZipFile, size: int) -> dict[str, zipfile.ZipInfo]:
    """The members by name. Uncompressed, and together no longer than the file, they cannot fill the memory."""
    members = {member.filename: member for member in archive.infolist()}
    if any(m.compress_type != zipfile.ZIP_STORED or m.file_size != m.compress_size for m in members.values()):
        raise CheckpointError("a member is compressed, and may be of any length")
    if sum(member.file_size for member in members.values()) > size:
        raise CheckpointError("its members are together longer than the file")
    if not all(name == _DOCUMENT or name.endswith(".npy") for name in members):
        raise CheckpointError("it has members other than arrays")
    return members


def _array(stream: IO[bytes], name: str) -> Array:
    """Read a member in the .npy format, version 1.0 (`numpy.lib.format`): real numbers in C order only."""
    start = stream.read(10)
    if start[:8] != b"\x93NUMPY\x01\x00":
        raise CheckpointError(f"the member {name!r} is not an array")
    header = stream.read(int.from_bytes(start[8:], "little"))
    if _OBJECTS.match(header):
        raise CheckpointError(f"the array {name!r} is of Python objects, a pickle, which can run any code when loaded")
    match = _HEADER.fullmatch(header)
    if match is None:
        raise CheckpointError(f"the array {name!r} has another header than that of real numbers")
    dtype = np.dtype(match[1].decode())
    shape = tuple(int(length) for length in match[2].split(b",") if length.strip())
    # Only as many bytes as there are make an array, whatever shape the header says. The copy can be written to.
    return np.frombuffer(stream.read(), dtype).reshape(shape).astype(dtype.newbyteorder("="))
