"""Includes, and the lines they came from."""

from pathlib import Path

import pytest

from backprop.site.scan import find_fences
from backprop.site.snippets import Examples, Segment, SnippetError, segments

EXAMPLE = """\
# --8<-- [start:first]
x = 1
# --8<-- [start:inner]
y = 2
# --8<-- [end:inner]
# --8<-- [end:first]

def f():
    # --8<-- [start:body]
    return 3
    # --8<-- [end:body]
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "examples").mkdir()
    (tmp_path / "examples/a.py").write_text(EXAMPLE)
    return tmp_path


def read(root: Path, *body: str) -> list[Segment]:
    (fence,) = find_fences(["```python exec='on'", *body, "```"])
    return segments(fence, "page.md", Examples(root / "examples"), root)


def test_a_section_keeps_its_lines(root):
    assert read(root, '--8<-- "a.py:first"') == [Segment("examples/a.py", 2, "x = 1\n\ny = 2", frozenset({1, 3}))]
    assert read(root, '--8<-- "a.py:inner"') == [Segment("examples/a.py", 4, "y = 2")]


def test_an_indented_section_is_moved_to_the_margin(root):
    assert read(root, '--8<-- "a.py:body"') == [Segment("examples/a.py", 10, "return 3")]


def test_a_whole_file(root):
    (segment,) = read(root, '--8<-- "a.py"')
    assert segment.line == 1
    assert segment.code.count("\n") == EXAMPLE.count("\n") - 2, "markers are empty lines; those at the end are cut"


def test_lines_of_the_page_between_includes(root):
    found = read(root, "a = 1", '--8<-- "a.py:inner"', "", "b = 2", "c = 3")
    assert [(s.file, s.line, s.code.strip()) for s in found] == [
        ("page.md", 2, "a = 1"),
        ("examples/a.py", 4, "y = 2"),
        ("page.md", 4, "b = 2\nc = 3"),
    ]


@pytest.mark.parametrize(
    ("include", "message"),
    [
        ('--8<-- "b.py"', "there is no example b.py in examples (there are: a.py)"),
        ('--8<-- "a.py:second"', "examples/a.py has no section second (it has: first, inner, body)"),
        ("--8<-- a.py", "cannot read the include"),
    ],
)
def test_what_cannot_be_included_is_named(root, include, message):
    with pytest.raises(SnippetError) as caught:
        read(root, "x = 1", include)
    assert message in str(caught.value)
    assert caught.value.line == 3


def test_a_file_is_read_once(root):
    examples = Examples(root / "examples")
    before = examples.lines("a.py")
    (root / "examples/a.py").write_text("changed = True\n")
    assert examples.lines("a.py") is before
    assert Examples(root / "examples").lines("a.py") == ["changed = True", ""]
    assert examples.lines("b.py") is None
