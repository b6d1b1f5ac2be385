from textwrap import dedent

import pytest

from backprop.site.checks.page import read_page


@pytest.fixture
def read(tmp_path):
    def read(text, name="page.md"):
        path = tmp_path / name
        path.write_text(dedent(text), encoding="utf-8")
        return read_page(path, "en", name)

    return read


def keys(items):
    return [(item.key, item.line) for item in items]


def test_sections_with_levels_ids_and_lines(read):
    page = read(
        """\
        Top.

        # One { #one }
        ## Two ## { .class #two }
        Three {: #three }
        -----
        """
    )
    assert [(s.id, s.level, s.line, s.title) for s in page.sections] == [
        ("top", 0, 1, ""),
        ("one", 1, 3, "One"),
        ("two", 2, 4, "Two ##"),
        ("three", 2, 5, "Three"),
    ]
    assert page.problems == []


def test_front_matter_is_read_and_skipped(read):
    page = read("---\ntitle: A 2\nhide: [toc]\n---\n\n# X { #x }\n")
    assert page.front == {"title": "A 2", "hide": ["toc"]}
    assert page.front_lines == {"title": 2, "hide": 3}
    assert keys(page.meta.numbers) == [("2", 2)]
    assert page.sections[1].line == 6


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("---\ntitle: x\n", "not closed"),
        ("---\ntitle: x\nd: [\n---\n", "not YAML"),
        ("---\n- x\n---\n", "not a mapping"),
    ],
)
def test_front_matter_that_cannot_be_read(read, text, message):
    (problem,) = read(text).problems
    assert problem.rule == "page/front-matter"
    assert message in problem.message


def test_code_is_taken_as_it_is_written(read):
    page = read(
        """\
        ````markdown
        ```python exec="on"
        $x 5 {{ y }}
        ```
        # no heading
        ````

        !!! note

            ```python exec="on"
            --8<-- "a.py:b"

              indented
            ```

        > ~~~text
        > quoted
        > ~~~

        paragraph

            indented code $5

            of two paragraphs

        - item

            a paragraph of the item: 6
        """
    )
    (top,) = page.sections
    assert [(c.line, c.options, c.executed, c.body) for c in top.codes] == [
        (1, "markdown", False, ('```python exec="on"', "$x 5 {{ y }}", "```", "# no heading")),
        (10, 'python exec="on"', True, ('--8<-- "a.py:b"', "", "  indented")),
        (16, "text", False, ("quoted",)),
        (22, "", False, ("indented code $5", "", "of two paragraphs")),
    ]
    assert keys(top.numbers) == [("6", 28)]
    assert not top.formulas
    assert not top.expressions
    assert not page.problems


def test_admonitions_with_their_extent(read):
    page = read(
        """\
        !!! warning inline "Title 3"
            Text.

            More.

        Outside.

        ???+ tip
            === "Tab"
                Text.
        """
    )
    (top,) = page.sections
    assert [(a.key, a.line, a.end) for a in top.admonitions] == [
        ("!!! warning inline", 1, 4),
        ("???+ tip", 8, 10),
        ("=== tab", 9, 10),
    ]
    assert keys(top.numbers) == [("3", 1)]


def test_comments_hold_nothing(read):
    page = read(
        """\
        <!-- 5 $x$
        # no heading

        --> text 6
        and <!-- 7 --> more
        """
    )
    (top,) = page.sections
    assert keys(top.numbers) == [("6", 4)]
    assert [c.line for c in top.comments] == [1, 5]
    assert not top.formulas


def test_the_text_of_a_section_ignores_lines_and_spaces(read):
    one = read("# A { #a }\n\nSome  text\nhere. <!-- note -->\n")
    other = read("# A {#a}\n\n\nSome text here.\n")
    assert one.sections[1].text == other.sections[1].text


def test_an_id_is_ascii_and_unique(read):
    page = read("# A\n## B { #ñ }\n## C { #c }\n## D { #c }\n## E { #meta }\n")
    assert [(p.line, p.rule) for p in page.problems] == [(n, "page/heading") for n in (1, 2, 4, 5)]
