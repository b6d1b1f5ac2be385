"""Prose as Jupyter reads it."""

import pytest

from backprop.site.notebooks.emphasis import robust_emphasis
from backprop.site.notebooks.macros import expand

VALUES = {
    "n": {"text": "−3", "latex": "-3"},
    "name": {"text": "a_1*b*", "latex": "a"},
    "f": {"html": {"en": "<math/>"}, "plain": {"en": "g = p · z"}, "latex": {"en": r"g = p \cdot z"}},
    "t": {"html": {"en": "<table/>"}, "plain": {"en": "1 < 2\n2 > 1"}, "latex": None},
}


def test_values_are_text_in_prose_and_tex_in_formulas(markdown):
    text = "It is {{ n }} or $x = {{ n }}$; `{{ n }}` is code, and {{ name }} has signs."
    expected = r"It is −3 or $x = -3$; `{{ n }}` is code, and a\_1\*b\* has signs."
    assert markdown(text, values=VALUES) == expected


def test_views_are_formulas_or_text(markdown):
    assert markdown("{{ f }}", values=VALUES) == "$$\ng = p \\cdot z\n$$"
    assert markdown("So {{ f }}.", values=VALUES) == r"So $$g = p \cdot z$$."
    assert markdown("{{ t }}", values=VALUES) == "<pre>1 &lt; 2\n2 &gt; 1</pre>"


def test_inside_of_tags_there_is_plain_text(markdown):
    assert markdown('<img alt="{{ n }} $x$">', values=VALUES) == '<img alt="−3 x">'


def test_dollars_that_are_no_formula_are_said_to_be_none(markdown):
    assert markdown("From $5 to \\$6, `$7` and $x$.") == r"From \$5 to \$6, `$7` and $x$."


def test_less_than_is_no_tag(markdown):
    assert markdown("$a<b$") == r"$a\lt b$"


@pytest.mark.parametrize(
    "text",
    [
        "[Start](a.md){ .md-button .md-button--primary }",
        "[Start](a.md){: #start }",
        "[Start](a.md)\n{ .centred }",
        '{ .centred width="10" }\n[Start](a.md)',
    ],
)
def test_attribute_lists_go(markdown, text):
    assert markdown(text) == "[Start](a.md)"


def test_braces_that_are_no_attribute_list_stay(markdown):
    text = "The set { 1, 2 } and `x{.y}` in { words }"
    assert markdown(text) == text


def test_links_are_resolved(markdown):
    text = '[one](a.md#b "Title"), ![two](c.png), [`three`](d_(e).md) and <a href="f.md" class="x">four</a>'
    expected = '[one](A.MD#B "Title"), ![two](C.PNG), [`three`](D_(E).MD) and <a href="F.MD" class="x">four</a>'
    assert markdown(text, resolve=str.upper) == expected


def test_what_would_begin_a_list_in_jupyter_alone_is_escaped(markdown):
    text = "There are\n- at most -\n+ at least\n1. and 12) as well\n2) ends"
    expected = "There are\n\\- at most -\n\\+ at least\n1\\. and 12) as well\n2\\) ends"
    assert markdown(text) == expected


def test_lines_of_chinese_are_joined_without_a_space(markdown):
    text = "计算图由节点\n组成，其中 $x$\n是**输入**\n**输出**，`a`\n在 English\n中。\n\n- 一行\n  两行"
    expected = "计算图由节点组成，其中 $x$\n是**输入**\n**输出**，`a`\n在 English\n中。\n\n- 一行两行"
    assert markdown(text, "zh") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("**합**은", "**합**은"),
        ("**합(sum)**은", "<strong>합(sum)</strong>은"),
        ("*f(x)*의 합**“**", "<em>f(x)</em>의 합<strong>“</strong>"),
        ("값**“합”**과", "값<strong>“합”</strong>과"),
        ("**A.** B", "**A.** B"),
        (r"\*\*합.\*\*은 2 * 3 * 4", r"\*\*합.\*\*은 2 * 3 * 4"),
        ("* item *x.*y", "* item <em>x.</em>y"),
    ],
)
def test_emphasis_is_html_where_commonmark_sees_none(text, expected):
    assert robust_emphasis(text) == expected


def test_emphasis_around_a_formula(markdown):
    assert markdown("**$x$**의 값, **a $x$** b") == "<strong>$x$</strong>의 값, **a $x$** b"


@pytest.mark.parametrize(
    ("tex", "expected"),
    [
        (r"\R^n", r"\mathbb{R}^n"),
        (r"\Rx \alpha", r"\Rx \alpha"),
        (r"\d{L}{w_{1}} + \d x y", r"\frac{dL}{dw_{1}} + \frac{dx}{dy}"),
        (r"\E x", r"\exp x"),
    ],
)
def test_macros_are_written_out(tex, expected):
    assert expand(tex, {"R": r"\mathbb{R}", "d": r"\frac{d#1}{d#2}", "E": r"\exp"}) == expected


def test_a_macro_that_leads_to_itself_ends():
    assert "loop" in expand(r"\loop", {"loop": r"\loop \loop"})
