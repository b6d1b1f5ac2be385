import pytest
from markdown import markdown

EXTENSIONS = ["attr_list", "admonition", "tables", "pymdownx.superfences", "backprop.site.typography"]


def html(text: str) -> str:
    return markdown(text, extensions=EXTENSIONS).replace("\u2060", "|")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("计算图\n是图。\n  它有节点，\n*也*\n（有）边。", "计算图是图。它有节点，<em>也</em>（有）边。"),
        ("**梯度。**\n再*算*\n一次", "<strong>梯度。</strong>再<em>算</em>一次"),
        ("[**链**](#a)\n[式](#b)", '<a href="#a"><strong>链</strong></a><a href="#b">式</a>'),
        ("调用，\n`fit`。\n`fit`", "调用，<code>fit</code>。<code>fit</code>"),
    ],
)
def test_lines_of_chinese_are_joined_without_a_space(text: str, expected: str) -> None:
    assert html(text) == f"<p>{expected}</p>"


@pytest.mark.parametrize(
    "text",
    ["一个\nNumPy\n数组", "调用\n<code>fit</code>\n然后", "written\nin lines", "값\n과", "\ue000f\ue010\ue001\n的"],
)
def test_other_lines_keep_their_space(text: str) -> None:
    assert html(text) == f"<p>{text}</p>"


def test_paragraphs_cells_and_items_stay_apart() -> None:
    text = "链\n\n- 式\n- 法\n\n| 则 | 甲 |\n|---|---|\n| 乙 | 丙 |\n"
    without = markdown(text, extensions=EXTENSIONS[:-1])
    assert html(text) == without
    assert html("梯度  \n再") == "<p>梯度<br />\n再</p>"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("기울기(gradient)는", "기울기(gradient)|는"),
        ("`vjp`는 ‘기억’을 “값”이", "<code>vjp</code>|는 ‘기억’|을 “값”|이"),
        ("[‘재귀’](#a)로", '<a href="#a">‘재귀’</a>|로'),
        ("f(x) 는, f(x), `f(x)는`", "f(x) 는, f(x), <code>f(x)는</code>"),
        ('[f](#a "f(x)는")', '<a href="#a" title="f(x)는">f</a>'),
    ],
)
def test_a_korean_particle_stays_with_what_it_belongs_to(text: str, expected: str) -> None:
    assert html(text) == f"<p>{expected}</p>"


def test_code_is_left_alone() -> None:
    text = "```\n注释\n注释。\nf(x)는\n```\n\n<pre>注释\n注释</pre>"
    assert html(text) == markdown(text, extensions=EXTENSIONS[:-1])


def test_a_long_page_takes_time_in_proportion() -> None:
    assert html("`f`는 *梯*\n" * 3000).count("|") == 3000
