"""Values and formulas in the HTML of a page."""

from pathlib import Path

from backprop.site.execution import Result
from backprop.site.formulas import Formulas
from backprop.site.programs import read_page
from backprop.site.scan import token
from backprop.site.snippets import Examples
from backprop.site.weave import prepare

HERE = Path("/nowhere")


def weave(body, values, language="en"):
    page = read_page(HERE / "a.md", "a.md", language, body, 3, Examples(HERE), HERE)
    return prepare(page, Result(values=[values]), Formulas())


NUMBER = {"text": "−3", "latex": "-3"}
VIEW = {"html": {"en": "<b>view</b>", "es": "<b>vista</b>"}, "latex": None}


def test_values_in_text_are_escaped_and_views_are_not():
    woven = weave("{{ a }} {{ b }} {{ c }}", {"a": NUMBER, "b": {"text": "a < b", "latex": ""}, "c": VIEW}, "es")
    assert woven.fill(woven.page.scan.text) == "−3 a &lt; b <b>vista</b>"


def test_values_in_formulas_are_tex():
    woven = weave("$x = {{ a }}$", {"a": NUMBER})
    assert woven.tex(woven.page.scan.formulas[0]) == "x = -3"
    assert "<mn>3</mn>" in woven.fill(woven.page.scan.text)


def test_formulas_in_the_notation_of_the_language():
    latex = {"en": r"\sin x", "es": r"\operatorname{sen} x"}
    woven = weave("$ {{ f }} $ $ {{ f }}$ ${{ f }}$", {"f": {"html": VIEW["html"], "latex": latex}}, "es")
    assert "sen" in woven.fill(woven.page.scan.text)


def test_inside_tags_and_titles_there_is_plain_text():
    woven = weave("$x<{{ a }}$ {{ a }}", {"a": NUMBER})
    formula, value = token("f", 0), token("x", 1)
    assert woven.fill(f'<img alt="{formula}">{value}') == '<img alt="x&lt;-3">−3'
    assert woven.fill_text(f"{formula}: {value}") == "x<-3: −3"


def test_a_displayed_formula_is_no_paragraph():
    woven = weave("$$x$$", {})
    html = woven.fill(f"<p>{token('f', 0)}</p>")
    assert html.startswith('<div class="bp-formula"><math display="block">')
    assert html.endswith("</math></div>")


def test_a_formula_that_does_not_convert_is_a_finding_with_its_line():
    woven = weave("text\n\n$$\nx\n\\nonsense\n$$", {})
    (finding,) = woven.findings
    assert (finding.line, finding.rule) == (7, "formula")
    assert "nonsense" in finding.message
    assert 'class="bp-error"' in woven.mathml[0]


def test_a_view_without_tex_cannot_stand_in_a_formula():
    (finding,) = weave("text\n$x = {{ c }}$", {"c": VIEW}).findings
    assert (finding.line, finding.rule) == (4, "formula")
    assert "without TeX" in finding.message


def test_a_value_that_is_missing_shows():
    woven = weave("{{ a }} $ x$ ${{ a }}$", {})
    assert woven.fill(woven.page.scan.text).startswith("?")


def test_results_in_order_with_their_mistake():
    woven = weave("", {})
    woven.result.outputs = [[{"text": "1 < 2\n"}, VIEW, {"text": "\n"}], []]
    woven.result.errors = [{"block": 1, "message": "Error: <b>"}]
    assert woven.results(0) == (
        '<div class="bp-results"><pre class="bp-printed"><samp>1 &lt; 2</samp></pre>'
        '<div class="bp-view"><b>view</b></div></div>'
    )
    assert "Error: &lt;b&gt;" in woven.results(1)
    assert woven.results(2) == ""


def test_what_belongs_to_a_formula_stays_on_its_line():
    woven = weave("($x$), $y$를 곱해 $z$ 와 {{ a }}, 把$w$乘", {"a": NUMBER})
    html = woven.fill(woven.page.scan.text)
    long = weave("$a + b + c + d + e + f + g + h + i + j + k + l$를", {})
    assert "bp-together" not in long.fill(long.page.scan.text)
    assert '<span class="bp-together">(<math><mi>x</mi></math>),</span>' in html
    assert '<span class="bp-together"><math><mi>y</mi></math>를</span> 곱해' in html
    assert "<math><mi>z</mi></math> 와 −3, 把<math><mi>w</mi></math>乘" in html
