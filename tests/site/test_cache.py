"""Entries on disk: seen whole or not at all, and never those of another state of things."""

import json
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from backprop.site.cache import Store, digest, file_digest, folder_digest, installed, write_atomically


def test_what_is_written_is_read(tmp_path):
    store = Store(tmp_path / "results")
    assert store.read("a") is None
    store.write("a", {"text": "梯度"})
    assert store.read("a") == {"text": "梯度"}


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"value": 1}', "\x00\x01", None])
def test_a_damaged_entry_counts_as_missing(tmp_path, damage):
    store = Store(tmp_path)
    store.write("a", [1, 2])
    path = tmp_path / "a.json"
    text = json.loads(path.read_text())
    path.write_text(json.dumps({**text, "value": [1, 3]}) if damage is None else damage)
    assert store.read("a") is None


def test_the_entries_used_last_are_kept(tmp_path):
    store = Store(tmp_path)
    for number in range(5):
        store.write(str(number), number)
        os.utime(tmp_path / f"{number}.json", (number, number))
    store.read("0")
    store.prune(2)
    assert sorted(path.stem for path in tmp_path.iterdir()) == ["0", "4"]


def test_builds_at_the_same_time_do_not_disturb_each_other(tmp_path):
    store = Store(tmp_path)
    value = ["x" * 1000] * 100

    def work(number: int) -> bool:
        store.write("shared", value)
        store.prune(1 + number % 2)
        return store.read("shared") in (None, value)

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(work, range(200)))
    assert not list(tmp_path.glob("*.part"))


def test_a_failed_write_leaves_nothing_behind(tmp_path):
    with pytest.raises(TypeError):
        write_atomically(tmp_path / "a", "text, where bytes belong")
    assert list(tmp_path.iterdir()) == []


def test_the_digest_of_a_folder_follows_its_files(tmp_path: Path):
    (tmp_path / "a.py").write_text("1")
    before = folder_digest(tmp_path)
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__/a.pyc").write_text("compiled")
    assert folder_digest(tmp_path) == before
    (tmp_path / "b.toml").write_text("2")
    assert folder_digest(tmp_path) != before
    before = folder_digest(tmp_path)
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates/page.css").write_text("3")
    assert folder_digest(tmp_path, leave_out=["templates"]) == before
    assert folder_digest(tmp_path) != before


def test_digests_of_values_and_files(tmp_path):
    assert digest({"a": 1, "b": 2}) == digest({"b": 2, "a": 1})
    assert file_digest(tmp_path / "missing") == ""


def test_versions_of_everything_installed_are_known():
    assert any(name.startswith("numpy-") for name in installed())
