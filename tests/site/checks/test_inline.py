import pytest

from backprop.site.checks.inline import scan
from backprop.site.checks.model import Section


def scanned(text):
    section = Section("s", 1, 1)
    scan(text, 10, section)
    return section


def parts(items):
    return [(item.key, item.line) for item in items]


@pytest.mark.parametrize(
    ("text", "formulas"),
    [
        ("$x$ and\n$y$", [("$x$", 10), ("$y$", 11)]),
        ("$$\na\n$$", [("$$a$$", 10)]),
        (r"costs \$5 and \$6", []),
        ("`$x$` and ``a ` $y$``", []),
        ("$a \\$ b$", [("$a\\$b$", 10)]),
        ("| $x$ | $|y|$ |\n|---|---|", [("$x$", 10), ("$|y|$", 10)]),
        ("$x = {{ x }}$", [("$x={{ x }}$", 10)]),
        ("$x^{a_{b}}$", [("$x^{a_{b}}$", 10)]),
    ],
)
def test_formulas(text, formulas):
    section = scanned(text)
    assert parts(section.formulas) == formulas
    assert not section.problems


@pytest.mark.parametrize("text", ["costs $5", "$x and", "$$x$", "$ x$", "{{ x"])
def test_what_has_no_partner(text):
    ((line, rule, _), *_) = scanned(text).problems
    assert line == 10
    assert rule in {"page/formula", "page/expression"}


def test_expressions_in_prose_and_in_formulas():
    section = scanned("{{ a }} `{{ b }}`\n$$\n{{ c['d'] }} + x_{{2}}\n$$")
    assert parts(section.expressions) == [("a", 10), ("c['d']", 12)]


def test_links_and_images():
    section = scanned(
        'a [b](c.md#d "e 1") [f][g] ![h 2](i.svg "j 3"){ width=4 } [![k](l.png)](m_(n).md)\n'
        '<https://o.org/5> https://p.org/6. [^7] <img src="q8.png" alt="r 9"> <a href="s">t</a>\n[g]: u.md "v 10"\n'
        "见https://w.org/1，x"
    )
    assert [item.key for item in section.links] == [
        *("c.md#d", "[g]", "m_(n).md", "https://o.org/5", "https://p.org/6", "[^7]", "s", "u.md", "https://w.org/1")
    ]
    assert [item.key for item in section.images] == ["i.svg", "l.png", "q8.png"]
    assert parts(section.numbers) == [("1", 10), ("2", 10), ("3", 10), ("9", 11)]


def test_prose_keeps_words_and_lines():
    section = scanned("a **b**c [d e](f) `g`\n_h_ <b>i</b> $j$ ~~k~~ l_m_n {{ o }} &nbsp; &lt; \\*p\\*")
    (passage,) = section.passages
    assert passage.text == "a bc d e \ufffc\nh i \ufffc k l_m_n \ufffc   \ufffc p"
    assert passage.line_at(passage.text.index("h")) == 11


def test_numbers_outside_of_code_formulas_targets_and_attributes():
    text = 'n 1 `2` $3$ [x](4.md) {{ 5 }} { #id-6 } &#8722; :icon-7: <div data-n="8"> <!-- 9 --> ![](10.png)'
    assert parts(scanned(text).numbers) == [("1", 10)]
