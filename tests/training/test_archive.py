"""Archives: what goes in comes out, whatever is not whole is refused, and nothing in a file is believed or run."""

import hashlib
import io
import json
import os
import pickle
import re
import subprocess
import sys
import tempfile
import threading
import zipfile
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from backprop.training import replacing as module
from backprop.training.archive import CheckpointError, read_archive, write_archive
from backprop.training.replacing import replacing

CONTENT = {
    "model": {"layers.0.weight": np.arange(6.0).reshape(2, 3), "layers.0.bias": np.zeros(3, "float32")},
    "optimizer": {"steps": 12, "moments": [np.ones(2), None], "name": "adam"},
}


def same(a, b):
    """Whether two contents are the same to the bit: arrays with type and shape, and NaN as itself."""
    if isinstance(a, np.ndarray):
        order = a.dtype.newbyteorder("=")
        return (
            type(b) is np.ndarray
            and order == b.dtype
            and a.shape == b.shape
            and a.astype(order).tobytes() == b.tobytes()
        )
    if isinstance(a, dict):
        return type(b) is dict and list(a) == list(b) and all(same(a[key], b[key]) for key in a)
    if isinstance(a, list | tuple):
        return type(b) is list and len(a) == len(b) and all(map(same, a, b))
    return type(a) is type(b) and repr(a) == repr(b)


def sealed(data, version=1):
    """A zip archive, or the bytes of one, with the checksum that makes a reader look at its contents."""
    with zipfile.ZipFile(buffer := io.BytesIO(data), "a") as file:
        file.comment = b"backprop archive %d sha256 %s" % (version, b"0" * 64)
    return resealed(buffer.getvalue())


def resealed(data):
    return data[:-64] + hashlib.sha256(data[:-64]).hexdigest().encode()


def npy(array=None, header=None, data=b""):
    """The bytes of an .npy file: of an array, or with any header."""
    if header is None:
        np.save(buffer := io.BytesIO(), array, allow_pickle=True)
        return buffer.getvalue()
    return b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header + data


def forged(members=(), content=None, kind="checkpoint", document=None, method=zipfile.ZIP_STORED):
    """An archive with a right checksum: a document that refers to the arrays, and any members."""
    members = dict(members)
    if content is None:
        content = {str(i): {"$array": name.removesuffix(".npy")} for i, name in enumerate(members)}
    if document is None:
        document = json.dumps({"kind": kind, "content": content})
    with zipfile.ZipFile(buffer := io.BytesIO(), "w", method) as file:
        for name, data in {"backprop.json": document, **members}.items():
            file.writestr(name, data)
    return sealed(buffer.getvalue())


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """The bytes of a small file."""
    path = tmp_path_factory.mktemp("whole") / "run.npz"
    write_archive(path, "checkpoint", CONTENT)
    return path.read_bytes()


@pytest.fixture(scope="module")
def scratch(tmp_path_factory):
    return tmp_path_factory.mktemp("scratch") / "run.npz"


def read(path, data):
    path.write_bytes(data)
    return read_archive(path, "checkpoint")[1]


# What goes in comes out.

kinds = hnp.boolean_dtypes() | hnp.integer_dtypes() | hnp.unsigned_integer_dtypes() | hnp.floating_dtypes()
arrays = hnp.arrays(kinds, hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4))
names = st.text(st.characters(exclude_categories=["C", "Z"], exclude_characters="/\\"), max_size=8).filter(
    "$array".__ne__
)
leaves = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | arrays | arrays.map(np.transpose)
contents = st.recursive(
    leaves, lambda x: st.lists(x, max_size=3) | st.dictionaries(names, x, max_size=3), max_leaves=12
)


@given(st.dictionaries(names, contents, max_size=4))
def test_what_is_written_is_read(scratch, content):
    write_archive(scratch, "checkpoint", content)
    kind, result = read_archive(scratch, "weights", "checkpoint")
    assert kind == "checkpoint"
    assert same(content, result)


def test_numpy_scalars_are_numbers_and_tuples_lists(tmp_path):
    write_archive(tmp_path / "a.npz", "k", {"a": (np.int64(3), np.float32(0.5), np.bool_(True)), "b": np.float64(0.1)})
    assert same(read_archive(tmp_path / "a.npz", "k")[1], {"a": [3, 0.5, True], "b": 0.1})


def test_arrays_read_are_writable_and_share_nothing(tmp_path):
    write_archive(tmp_path / "a.npz", "k", {"a": np.ones(3), "b": [np.ones(3)]})
    content = read_archive(tmp_path / "a.npz", "k")[1]
    content["a"] += 1
    assert content["b"][0].tolist() == [1, 1, 1]


def test_numpy_opens_the_file_without_pickle(scratch, whole):
    scratch.write_bytes(whole)
    with np.load(scratch, allow_pickle=False) as file:
        assert file["model/layers.0.weight"].tolist() == [[0, 1, 2], [3, 4, 5]]
        assert file["optimizer/moments/0"].tolist() == [1, 1]


def test_the_same_contents_are_the_same_bytes(scratch, whole):
    write_archive(scratch, "checkpoint", CONTENT)
    assert scratch.read_bytes() == whole


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({"a": {"b": np.array([None])}}, "a/b is an array of object"),
        ({"a": np.array([1j])}, "an array of complex128"),
        ({"a": np.array(["x"])}, "an array of <U1"),
        ({"a": [0, {1, 2}]}, "a/1 is a set"),
        ({"a": {1: 2}}, "a has the key 1"),
        ({"a": {"$array": "b"}}, "a has the key '$array'"),
        ({1: 2}, "the content has the key 1"),
        ({"a/b": np.ones(1)}, "'a/b' names an array, with a character"),
        ({"a\0b": np.ones(1)}, "names an array, with a character"),
    ],
)
def test_what_cannot_be_kept_is_refused_before_anything_is_written(tmp_path, content, message):
    with pytest.raises(TypeError, match=re.escape(message)):
        write_archive(tmp_path / "a.npz", "k", content)
    assert os.listdir(tmp_path) == []


# A file that is not whole.


def test_every_truncation_is_refused(scratch, whole):
    for length in range(len(whole)):
        with pytest.raises(
            CheckpointError, match="is empty" if length == 0 else "cut short|not one that|not even a zip"
        ):
            read(scratch, whole[:length])


def test_every_flipped_bit_is_refused(scratch, whole):
    """No byte is left out of the checksum: there is none that does not matter."""
    for place in range(len(whole)):
        for bit in range(8):
            altered = bytearray(whole)
            altered[place] ^= 1 << bit
            with pytest.raises(CheckpointError, match=r"altered|cut short or added to|not one that|not a checkpoint"):
                read(scratch, altered)


@given(st.data())
def test_any_alteration_is_refused(scratch, whole, data):
    start = data.draw(st.integers(0, len(whole)))
    end = data.draw(st.integers(start, min(len(whole), start + 100)))
    altered = whole[:start] + data.draw(st.binary(max_size=100)) + whole[end:]
    if altered != whole:
        with pytest.raises(CheckpointError):
            read(scratch, altered)


def test_messages_of_files_that_are_not_whole(scratch, whole):
    with pytest.raises(CheckpointError, match=r"run.npz: was cut short or added to: its 700 bytes .* Use another copy"):
        read(scratch, whole[:700])
    with pytest.raises(CheckpointError, match="was cut short or added to"):
        read(scratch, whole + b"\n")
    with pytest.raises(CheckpointError, match=r"run.npz: was altered: its checksum is not that of its contents"):
        read(scratch, whole.replace(b"adam", b"Adam"))


# Files of other programs, and what is no file.


TRAP = Path(tempfile.gettempdir(), f"backprop-trap-{os.getpid()}")


class Trap:
    """Pickled, it makes a file when it is loaded."""

    def __reduce__(self):
        return open, (str(TRAP), "w")


def zipped(**members):
    with zipfile.ZipFile(buffer := io.BytesIO(), "w") as file:
        for name, data in members.items():
            file.writestr(name.replace("__", "/"), data)
    return buffer.getvalue()


def saved(save, *args, **kwargs):
    save(buffer := io.BytesIO(), *args, **kwargs)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "is empty"),
        (b"weights", "not even a zip archive"),
        (pickle.dumps(Trap()), "holds a pickle, which can run any code"),
        (zipped(**{"archive__data.pkl": pickle.dumps(Trap())}), "holds a pickle, which can run any code"),
        (saved(np.save, np.ones(3)), "not even a zip archive"),
        (saved(np.savez, a=np.ones(3)), "an .npz file, but not one that backprop wrote"),
        (saved(np.savez_compressed, a=np.ones(3)), "an .npz file, but not one that backprop wrote"),
        (saved(np.savez, a=np.array([Trap()])), "an .npz file, but not one that backprop wrote"),
        (sealed(saved(np.savez, a=np.ones(3))), "malformed .*backprop.json"),
    ],
    ids=[
        "empty",
        "text",
        "pickle",
        "zip with pickle",
        "npy",
        "npz",
        "compressed npz",
        "npz with objects",
        "sealed npz",
    ],
)
def test_files_of_other_programs_are_refused(scratch, data, message):
    with pytest.raises(CheckpointError, match=message):
        read(scratch, data)


def test_what_is_no_file_is_refused(tmp_path):
    with pytest.raises(CheckpointError, match="there is no such file"):
        read_archive(tmp_path / "none.npz", "checkpoint")
    with pytest.raises(CheckpointError, match="is a folder, not a checkpoint"):
        read_archive(tmp_path, "checkpoint")
    with pytest.raises(CheckpointError, match="cannot be opened: File name too long"):
        read_archive(tmp_path / ("n" * 300), "checkpoint")
    os.mkfifo(tmp_path / "pipe.npz")
    with pytest.raises(CheckpointError, match="is a device or a pipe"):
        read_archive(tmp_path / "pipe.npz", "checkpoint")


def test_another_kind_and_a_newer_version_are_refused(scratch):
    with pytest.raises(CheckpointError, match="holds 'weights', where 'checkpoint' is needed"):
        read(scratch, forged(kind="weights"))
    with pytest.raises(CheckpointError, match=r"is of version 7 .* knows up to 1. Upgrade backprop-tutorial"):
        read(scratch, sealed(zipped(**{"another layout": b""}), version=7))


# Files with a right checksum, which somebody made on purpose. Nothing in them is believed or run.

REAL = b"{'descr': '<f8', 'fortran_order': False, 'shape': (%s), }\n"
RUN = b"{'descr': open('%s', 'w'), 'fortran_order': False, 'shape': (1,), }\n" % bytes(TRAP)
FORGED = {
    "objects": (forged({"a.npy": npy(np.array([Trap()]))}), "'a.npy' is of Python objects, a pickle"),
    "records": (forged({"a.npy": npy(np.zeros(1, "f8,O"))}), "another header"),
    "code in a header": (forged({"a.npy": npy(header=RUN)}), "another header"),
    "text": (forged({"a.npy": npy(np.array(["x"]))}), "another header"),
    "complex": (forged({"a.npy": npy(np.array([1j]))}), "another header"),
    "Fortran order": (forged({"a.npy": npy(np.ones((2, 2), order="F"))}), "another header"),
    "a long header": (forged({"a.npy": npy(header=b" " * 60000)}), "another header"),
    "a type that is none": (forged({"a.npy": npy(header=REAL.replace(b"f8", b"f9") % b"1,")}), "malformed"),
    "a bare pickle": (forged({"a.npy": pickle.dumps(Trap())}), "not an array"),
    "not as long": (forged({"a.npy": npy(np.ones(3))[:-1]}), "malformed .*reshape|malformed .*buffer size"),
    "a huge array": (
        forged({"a.npy": npy(header=REAL % b"1000000000000,")}),
        "malformed .*reshape|malformed .*buffer size",
    ),
    "a huge empty array": (forged({"a.npy": npy(header=REAL % (b"0, 1" + b"0" * 40))}), "malformed"),
    "a number of many digits": (forged({"a.npy": npy(header=REAL % (b"9" * 5000 + b","))}), "malformed"),
    "a hundred axes": (forged({"a.npy": npy(header=REAL % (b"1," * 100), data=bytes(8))}), "malformed"),
    "a bomb": (forged({"a.npy": npy(np.zeros(10**6))}, method=zipfile.ZIP_DEFLATED), "compressed"),
    "another member": (forged({"run.py": b"x"}), "has members other than arrays"),
    "an array too many": (forged({"a.npy": npy(np.ones(1))}, content={}), r"\['a'\] have no place"),
    "an array too few": (forged(content={"a": {"$array": "a"}}), "malformed"),
    "an array in two places": (forged({"a.npy": npy(np.ones(1))}, content=[{"$array": "a"}] * 2), "malformed"),
    "not a mapping": (forged(content=[1]), "not a mapping"),
    "no kind": (forged(document="{}"), "malformed"),
    "not JSON": (forged(document="{'kind'"), "malformed"),
    "deep JSON": (forged(document="[" * 10**5), "malformed"),
    "not text": (forged(document=b"\xff"), "malformed"),
}


@pytest.mark.parametrize("name", FORGED)
def test_forged_files_are_refused(scratch, name):
    data, message = FORGED[name]
    with pytest.raises(CheckpointError, match=message) as caught:
        read(scratch, data)
    assert str(caught.value).startswith(f"{scratch}: ")
    assert "do not trust it" in str(caught.value)


def test_members_that_overlap_are_refused(scratch):
    """Each array is the whole of the next member (D. Fifield, "A better zip bomb", 2019)."""
    data, infos = npy(np.zeros(9000, "u1")), []
    for number in range(50):
        info = zipfile.ZipInfo(f"{number}.npy")
        info.CRC, info.file_size, info.compress_size = zlib.crc32(data), len(data), len(data)
        block = info.FileHeader() + data
        infos.append((info, len(block)))
        data = npy(np.frombuffer(block, "u1"))
    content = {str(i): {"$array": str(i)} for i in range(50)}
    with zipfile.ZipFile(buffer := io.BytesIO(), "w") as file:
        file.writestr("backprop.json", json.dumps({"kind": "checkpoint", "content": content}))
        buffer.write(block)
        file.start_dir = buffer.tell()
        for info, length in infos:
            info.header_offset = file.start_dir - length
            file.filelist.append(info)
    with pytest.raises(CheckpointError, match="its members are together longer than the file"):
        read(scratch, sealed(buffer.getvalue()))


@settings(max_examples=400)
@given(st.data())
def test_no_forged_file_gives_anything_but_a_content_or_a_refusal(scratch, whole, data):
    altered = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 4))):
        altered[data.draw(st.integers(0, len(whole) - 65))] = data.draw(st.integers(0, 255))
    try:
        content = read(scratch, resealed(bytes(altered)))
    except CheckpointError:
        return
    assert isinstance(content, dict)


def test_reading_runs_nothing(tmp_path, whole):
    """Python's own audit sees no code compiled or run, no import, no unpickling and no process."""
    for number, data in enumerate([whole, *(data for data, _ in FORGED.values()), pickle.dumps(Trap())]):
        (tmp_path / f"{number}.npz").write_bytes(data)
    program = f"""
import pathlib, sys
from backprop.training.archive import CheckpointError, read_archive
def read(path):
    try:
        read_archive(path, "checkpoint")
        return 1
    except CheckpointError:
        return 0
paths = sorted(pathlib.Path({str(tmp_path)!r}).iterdir())
sum(map(read, paths))  # what is imported when first used
seen = []
sys.addaudithook(lambda event, args: seen.append((event, args)))
loaded = sum(map(read, paths))
mine = list(seen)
harmless = ("open", "os.listdir", "os.scandir", "object.__getattr__", "sys._getframe")
print(loaded, [(event, args) for event, args in mine if event not in harmless])
print([args for event, args in mine if event == "open" and args[1] not in ("r", "rb")])
"""
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert result.stdout.split("\n")[:2] == ["1 []", "[]"]
    assert not TRAP.exists()


# Writing that fails leaves what was there.


def test_no_room_leaves_the_old_file(tmp_path):
    """The operating system refuses to write more than some number of bytes, wherever that falls."""
    resource = pytest.importorskip("resource")
    path = tmp_path / "run.npz"
    write_archive(path, "checkpoint", CONTENT)
    old, limits = path.read_bytes(), resource.getrlimit(resource.RLIMIT_FSIZE)
    for room in (0, 100, 8192, 50_000):
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, limits[1]))
        try:
            with pytest.raises(CheckpointError, match=r"cannot be written: File too large\. What was there") as caught:
                write_archive(path, "checkpoint", {"a": np.ones(20_000)})
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        assert isinstance(caught.value.__cause__, OSError)
        assert path.read_bytes() == old
        assert os.listdir(tmp_path) == ["run.npz"]


@pytest.mark.parametrize("call", ["fsync", "replace"])
@pytest.mark.parametrize("error", [OSError(5, "Input/output error"), KeyboardInterrupt()])
def test_an_error_or_interruption_leaves_the_old_file(tmp_path, monkeypatch, call, error):
    path = tmp_path / "run.npz"
    write_archive(path, "checkpoint", CONTENT)
    old = path.read_bytes()

    def fail(*args):
        raise error

    monkeypatch.setattr(os, call, fail)
    expected = KeyboardInterrupt if isinstance(error, KeyboardInterrupt) else CheckpointError
    with pytest.raises(expected):
        write_archive(path, "checkpoint", {"a": 1})
    assert path.read_bytes() == old
    assert os.listdir(tmp_path) == ["run.npz"]


def test_places_that_cannot_be_written_to(tmp_path):
    with pytest.raises(CheckpointError, match="cannot be written: it is a folder"):
        write_archive(tmp_path, "k", {})
    with pytest.raises(CheckpointError, match="cannot be written: there is no folder"):
        write_archive(tmp_path / "no" / "run.npz", "k", {})


def test_the_new_file_is_on_the_disk_before_it_takes_its_place(tmp_path, monkeypatch):
    order = []
    fsync, replace = os.fsync, os.replace
    monkeypatch.setattr(os, "fsync", lambda file: order.append(("fsync", os.fstat(file).st_ino)) or fsync(file))
    monkeypatch.setattr(os, "replace", lambda a, b: order.append(("replace", os.stat(a).st_ino)) or replace(a, b))
    write_archive(tmp_path / "run.npz", "k", {})
    file, folder = (tmp_path / "run.npz").stat().st_ino, tmp_path.stat().st_ino
    assert order == [("fsync", file), ("replace", file), ("fsync", folder)]


# Other writers, links and permissions.


def test_what_a_killed_writer_left_is_removed_and_a_living_one_is_not(tmp_path):
    path = tmp_path / "run [1].npz"
    leftovers = [tmp_path / f".{path.name}.{number:08x}.part" for number in range(3)]
    others = [tmp_path / ".other.npz.00000000.part", tmp_path / "run 1.npz", tmp_path / f"{path.name}.part"]
    for file in leftovers + others:
        file.write_bytes(b"PK")
    with replacing(path) as mine:
        mine.write(b"mine")
        write_archive(path, "k", {})
        assert not any(file.exists() for file in leftovers)
        assert Path(mine.name).exists()
    assert path.read_bytes() == b"mine"
    assert {file.name for file in tmp_path.iterdir()} == {path.name, *(file.name for file in others)}


def test_writers_at_the_same_time_each_write_a_whole_file(tmp_path):
    path, failures = tmp_path / "run.npz", []
    write_archive(path, "k", {"writer": 0, "array": np.full(500, 0)})

    def write(number):
        for _ in range(10):
            try:
                write_archive(path, "k", {"writer": number, "array": np.full(500, number)})
                content = read_archive(path, "k")[1]
                assert np.all(content["array"] == content["writer"])
            except Exception as error:
                failures.append(error)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(1, 5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert os.listdir(tmp_path) == ["run.npz"]


def test_a_file_taken_for_abandoned_before_it_was_locked_is_made_again(tmp_path, monkeypatch):
    lock, victims = module._lock, []

    def late(file, wait):
        if wait and not victims:
            victims.append(file.name)
            os.unlink(file.name)
        return lock(file, wait)

    monkeypatch.setattr(module, "_lock", late)
    write_archive(tmp_path / "run.npz", "k", {})
    assert len(victims) == 1
    assert os.listdir(tmp_path) == ["run.npz"]


def test_a_link_stays_and_its_file_is_replaced(tmp_path):
    (tmp_path / "there").mkdir()
    (tmp_path / "latest.npz").symlink_to(tmp_path / "there" / "run.npz")
    write_archive(tmp_path / "latest.npz", "k", {})
    assert (tmp_path / "latest.npz").is_symlink()
    assert os.listdir(tmp_path / "there") == ["run.npz"]


def test_permissions_are_those_of_a_new_file_or_of_the_old_one(tmp_path):
    path = tmp_path / "run.npz"
    (tmp_path / "plain").touch()
    write_archive(path, "k", {})
    assert path.stat().st_mode == (tmp_path / "plain").stat().st_mode
    path.chmod(0o640)
    write_archive(path, "k", {})
    assert path.stat().st_mode & 0o777 == 0o640
