"""What is found in a page, what is left alone, and what Markdown gets instead."""

import re

import pytest

from backprop.site.scan import TOKEN, find_fences, read_token, scan, token


def tex(text):
    return [formula.tex for formula in scan(text).formulas]


def code(text):
    return [expression.code for expression in scan(text).expressions]


@pytest.mark.parametrize("kind", ["x", "f"])
@pytest.mark.parametrize("index", [0, 7, 10, 1234])
def test_a_token_says_what_it_stands_for(kind, index):
    match = TOKEN.fullmatch(token(kind, index))
    assert match
    assert read_token(match) == (kind, index)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("the value $x$ and $y^2$.", ["x", "y^2"]),
        ("$$x = 1$$", ["x = 1"]),
        ("it costs 5 $ or 6 $ today", []),
        ("from $5 to $6", []),
        (r"\$x\$ is escaped", []),
        (r"$a \$ b$", [r"a \$ b"]),
        ("`$x$` in code, ``a ` $x$`` too", []),
        ("<!-- $x$ -->$y$", ["y"]),
        ("<pre>$x$</pre> $y$", ["y"]),
        ("two\nlines $a +\nb$ here", ["a +\nb"]),
        ("not over\n\na blank $line\n\nand$ on", []),
        ("> quoted\n> $$\n> a\n> $$", ["a"]),
    ],
)
def test_formulas(text, found):
    assert tex(text) == found


def test_display_and_inline_formulas_are_told_apart():
    formulas = scan("$x$ and\n\n$$\ny\n$$\n").formulas
    assert [formula.display for formula in formulas] == [False, True]
    assert [formula.line for formula in formulas] == [1, 4]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("{{ p }} and {{x.grad}}", ["p", "x.grad"]),
        ("`{{ p }}` is code", []),
        ("{{ {1: 2}[1] }}", ["{1: 2}[1]"]),
        ("$p = {{ p }}$", ["p"]),
        (r"$\frac{{a}}{{b}}$", []),
        ("$x^{{{ n }}}$", ["n"]),
    ],
)
def test_expressions(text, found):
    assert code(text) == found


PAGE = """\
{{ before }}

```python exec="on" source="above" title="a"
x = "{{ code }} $x$"
```

{{ between }} $y = {{ y }}$

- in a list

    ~~~py exec='on'
    z = 1
    ~~~

    {{ after }}

```text
{{ plain }} $x$
```
"""


def test_expressions_know_the_block_they_follow_and_their_line():
    found = scan(PAGE, first_line=11)
    expressions = [(e.code, e.section, e.line) for e in found.expressions]
    assert expressions == [("before", 0, 11), ("between", 1, 17), ("y", 1, 17), ("after", 2, 25)]
    assert [(fence.line, fence.body) for fence in found.executed] == [(13, ('x = "{{ code }} $x$"',)), (21, ("z = 1",))]


def test_fences_are_left_alone_but_for_executed_ones():
    text = scan(PAGE).text
    assert "```text\n{{ plain }} $x$\n```" in text
    assert '```python exec="on" html="on" id="0" source="above" title="a"\nx = "{{ code }} $x$"\n```' in text
    assert '    ~~~python exec="on" html="on" id="1"\n    z = 1\n    ~~~' in text


def test_a_displayed_formula_becomes_a_paragraph_of_its_own():
    lines = scan("text\n$$\nx\n$$\ntext").text.split("\n")
    assert lines[0] == lines[-1] == "text"
    assert [bool(TOKEN.fullmatch(line)) for line in lines] == [False, False, True, False, False]


def test_a_fence_that_is_not_closed_ends_with_the_page():
    (fence,) = find_fences(["```python", "x = 1"])
    assert (fence.line, fence.end, fence.body) == (1, 2, ("x = 1",))


def test_a_longer_fence_holds_a_shorter_one():
    (fence,) = find_fences(["````markdown", "```python exec='on'", "```", "````"])
    assert fence.language == "markdown"
    assert not fence.executed


def test_fences_in_quotations_lose_the_marks_only():
    (fence,) = find_fences(["> ```python exec='on'", "> if x:", ">     y()", "> ```"])
    assert fence.body == ("if x:", "    y()")


def test_nothing_is_lost_around_what_is_found():
    text = "a $x$ b {{ y }} c"
    assert re.sub(TOKEN, "·", scan(text).text) == "a · b · c"
