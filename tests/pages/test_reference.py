"""Every public name is in the reference, once, and nothing else is."""

from collections import Counter
from importlib import import_module
from pathlib import Path

import pytest

from backprop.site.reference.listing import LANGUAGE, listed
from backprop.site.reference.worker import read_entries
from backprop.site.scan import scan

PAGES = sorted((Path(__file__).parents[2] / "docs/en/reference").glob("*.md"))

PUBLIC_MODULES = (
    "backprop",
    "backprop.datasets",
    "backprop.explain",
    "backprop.interop",
    "backprop.nn",
    "backprop.sklearn",
    "backprop.training",
)
"""The modules whose `__all__` is the public API. A package inside them, such as `backprop.nn.losses`, is a room of
theirs: what is public of it is exported above it."""

PUBLIC = [f"{module}.{name}" for module in PUBLIC_MODULES for name in import_module(module).__all__]
LISTED = [
    item.name
    for page in PAGES
    for fence in scan(page.read_text("utf-8")).fences
    if fence.language == LANGUAGE
    for item in listed(fence)
]


@pytest.fixture(scope="module")
def answer() -> dict:
    return read_entries(PUBLIC)


def test_every_public_name_is_listed_once() -> None:
    counts = Counter(LISTED)
    assert [name for name in PUBLIC if counts[name] != 1] == []
    assert sorted(set(LISTED) - set(PUBLIC)) == []


def test_nothing_is_wrong_with_the_docstrings(answer: dict) -> None:
    assert answer["problems"] == {}
    assert sorted(answer["entries"]) == sorted(PUBLIC)


@pytest.mark.parametrize("name", PUBLIC)
def test_entry(answer: dict, name: str) -> None:
    entries = [answer["entries"][name], *answer["entries"][name]["members"]]
    for entry in entries:
        assert entry["summary"], entry["name"]
        assert entry["signature"].count("(") == entry["signature"].count(")"), entry["name"]
        assert "object at 0x" not in entry["signature"], entry["name"]
        assert "*operands" not in entry["signature"], entry["name"]
