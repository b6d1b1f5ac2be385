import pytest

from backprop.site.checks.formula import canonical, squeeze, words

EQUAL = [
    (r"\frac{a}{b}", r"\frac {a} {b}"),
    (r"\alpha x", r"\alpha  x"),
    (r"\sin x", r"\operatorname{sen} x"),
    (r"\sin x", r"\operatorname{sen}x"),
    (r"\sin(x)", r"\operatorname {sen} (x)"),
    (r"\tan x", r"\operatorname{tg} x"),
    (r"\operatorname{argmax} f", r"\operatorname{arg\,máx} f"),
    (r"\operatorname*{argmax}_x", r"\operatorname{argmáx}_x"),
    (r"x \text{ if } y", r"x \text{ si } y"),
    (r"L_{\mathrm{train}}", r"L_{\mathrm{entrenamiento}}"),
    (r"a \quad\text{and step 2}", r"a \quad\text{y el paso 2}"),
    (r"x = {{ x.grad }}", r"x={{  x.grad  }}"),
    (r"\text{is {{ p }} now}", r"\text{ahora es {{ p }}}"),
]
DIFFERENT = [
    (r"\alpha x", r"\alphax"),
    (r"a + b", r"a - b"),
    (r"\sin x", r"\operatorname{cos} x"),
    (r"\mathrm{d}x", r"\mathrm{e}x"),
    (r"\text{step 2}", r"\text{paso 3}"),
    (r"{{ x }}", r"{{ y }}"),
    (r"\text{is {{ p }}}", r"\text{es {{ q }}}"),
    (r"\left(x", r"\ left(x"),
]


@pytest.mark.parametrize(("one", "other"), EQUAL)
def test_equal_whatever_the_language_and_the_spaces(one, other):
    assert canonical(one) == canonical(other)


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_different_where_the_mathematics_differs(one, other):
    assert canonical(one) != canonical(other)


def test_a_canonical_formula_stays_as_it_is():
    for one, other in (*EQUAL, *DIFFERENT):
        for tex in (one, other):
            assert canonical(canonical(tex)) == canonical(tex)


def test_words_are_those_of_a_language():
    assert words(r"\text{ si } \mathrm{d}x \operatorname{sen} L_{\mathrm{total}}") == ["si", "total"]


def test_squeezing_keeps_the_words():
    assert squeeze(r"\frac { a } { b } \text{no}") == r"\frac{a}{b}\text{no}"
