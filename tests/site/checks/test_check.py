import time
from pathlib import Path

import pytest

from backprop.site.checks import Finding, check_site


def test_a_faithful_site_has_no_finding(site):
    assert site.check() == []


@pytest.mark.parametrize("prefix", [b"\xef\xbb\xbf", b""])
@pytest.mark.parametrize("newline", [b"\r\n", b"\n"])
def test_line_ends_and_byte_order_marks_do_not_matter(site, prefix, newline):
    for language in ("en", "es"):
        data = site.page(language).read_bytes()
        site.page(language).write_bytes(prefix + data.replace(b"\n", newline))
    assert site.check() == []


# (language, what is replaced, by what, language of the finding, rule, text in the line of the finding)
CHANGES = [
    ("es", "número, 7,", "número, 8,", "es", "parity/number", "número, 8"),
    ("zh", "数字7", "数字9", "zh", "parity/number", "数字9"),
    ("es", "En 2 pasos", "En dos pasos", "es", "parity/number", "# Pasadas"),
    ("es", "pasos de -0.5", "pasos de 0.5", "es", "parity/number", "pasos de 0.5"),
    ("es", "-0.5", "-0,5", "es", "parity/number", "-0,5"),
    ("es", "1000 pasos", "1.000 pasos", "es", "parity/number", "1.000 pasos"),
    ("es", "de 4 nodos", "de 5 nodos", "es", "parity/number", "de 5 nodos"),
    ("es", "     4 |", "     5 |", "es", "parity/number", "     5 |"),
    ("es", r"\$8", r"\$9", "es", "parity/number", r"\$9"),
    ("es", "title: Dos pasadas, 1 grafo", "title: Dos pasadas, 2 grafos", "es", "parity/number", "title:"),
    ("es", "description: Cómo se mueven los valores y las derivadas.\n", "", "es", "parity/front-matter", "---"),
    ("es", "title: ", "hide: x\ntitle: ", "es", "parity/front-matter", "hide:"),
    ("es", "$p = x + y$", "$p = x - y$", "es", "parity/formula", "$p = x - y$"),
    ("es", "toma $x=1$ y", "toma", "es", "parity/formula", "# Pasadas"),
    ("es", r"x > 0", r"x < 0", "es", "parity/formula", "$$"),
    ("es", r"\operatorname{sen} x", r"\cos x", "es", "parity/formula", "$$"),
    ("es", "        - z", "        + z", "es", "parity/formula", "      $$"),
    ("es", "el valor es {{ p }}", "el valor es {{ g }}", "es", "parity/expression", "{{ g }}"),
    ("es", "el valor es {{ p }}", "el valor es p", "es", "parity/expression", "## Hacia adelante"),
    ("es", "`Tensor`", "`Array`", "es", "parity/inline-code", "`Array`"),
    ("es", "graph.md#edges", "graph.md#aristas", "es", "parity/link", "#aristas"),
    ("es", '[el grafo](graph.md#edges "Un grafo")', "el grafo", "es", "parity/link", "# Pasadas"),
    ("es", "es.wikipedia.org", "example.org", "es", "parity/link", "example.org"),
    ("es", "../assets/graph.svg", "../assets/other.svg", "es", "parity/image", "other.svg"),
    ("es", "!!! warning", "!!! note", "es", "parity/admonition", "!!! note"),
    ("es", '??? tip "Más"', '???+ tip "Más"', "es", "parity/admonition", "???+ tip"),
    ("es", 'cost = "$5"', 'cost = "$6"', "es", "parity/code", 'cost = "$6"'),
    ("es", "forward.py:graph", "forward.py:other", "es", "parity/code", "forward.py:other"),
    ("es", 'source="above"', 'source="below"', "es", "parity/code", 'source="below"'),
    ("es", "```python\n    cost", "```text\n    cost", "es", "parity/code", "```text"),
    ("es", "## Hacia adelante", "### Hacia adelante", "es", "parity/heading", "### Hacia adelante"),
    ("es", "{ #backward }", "{ #atras }", "es", "parity/heading", "{ #atras }"),
    ("es", "## Hacia atrás { #backward }\n", "", "es", "parity/heading", None),
    ("es", "## Hacia atrás", "## Más { #more }\n\n## Hacia atrás", "es", "parity/heading", "## Más"),
    ("en", "costs", "is for", "es", "freshness/stale", "## Hacia adelante"),
    ("es", "un número", "un gráfico", "es", "terms/graph", "un gráfico"),
    ("es", "un número", "un\n**gráfico**", "es", "terms/graph", "**gráfico**"),
    ("zh", "这里有数字", "这里的图\n表有数字", "zh", "terms/graph", "这里的图"),
    ("es", '"Cuidado"', '"Degradado"', "es", "terms/gradient", '"Degradado"'),
    ("es", "[el grafo]", "[el gráfico]", "es", "terms/graph", "[el gráfico]"),
    ("es", "![Un grafo", "![Un gráfico", "es", "terms/graph", "![Un gráfico"),
    ("es", "description: Cómo", "description: Gráfico. Cómo", "es", "terms/graph", "description"),
    ("es", r"\text{si }", r"\text{degradado }", "es", "terms/gradient", "$$"),
    ("es", "Primero", "Primero, Tensorflow", "es", "terms/name", "Tensorflow"),
    ("es", "Primero", "Primero, ∂x/∂g", "es", "terms/upside-down", "∂x/∂g"),
]


@pytest.mark.parametrize(("language", "old", "new", "where", "rule", "text"), CHANGES)
def test_a_change_is_found_in_its_line(site, language, old, new, where, rule, text):
    site.change(language, old, new)
    line = site.line(where, text) if text else len(site.text(where).split("\n"))
    assert (where, rule, line) in site.rules()
    assert {found for _, found, _ in site.rules()} == {rule}


def test_an_upside_down_derivative_is_found_twice(site):
    site.change("es", r"\frac {\partial g} {\partial x}", r"\frac{\partial x}{\partial g}")
    line = site.line("es", "$$")
    assert site.rules() == [("es", "notation/upside-down", line), ("es", "parity/formula", line)]
    assert all(r"\frac{\partial g}{\partial x}" in finding.message for finding in site.check())


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("## Forward { #forward }", "## Forward", "page/heading"),
        ("## Forward { #forward }", "## Forward { #adelánte }", "page/heading"),
        ("## Forward { #forward }", "## Forward { #passes }", "page/heading"),
        ("    ```\n\n![", "\n\n![", "page/code"),
        ("$$\n\n## Forward", "\n\n## Forward", "page/formula"),
        ("$x = 1$", "$x = 1", "page/formula"),
        ("{{ p }} and", "{{ p and", "page/expression"),
        ('!!! warning "Be careful"', "!!! warning “Be careful”", "page/admonition"),
        ("# Passes", "<!-- never closed\n\n# Passes", "page/comment"),
        ("title: Two", "title: [Two", "page/front-matter"),
        ("description: How", "- How", "page/front-matter"),
    ],
)
def test_what_every_page_has_to_have_is_checked_in_the_source_too(site, old, new, rule):
    site.change("en", old, new)
    assert rule in {finding.rule for finding in site.check() if finding.path == site.page("en")}


def test_a_missing_and_a_superfluous_page(site):
    site.page("zh").rename(site.page("zh", "other.md"))
    findings = site.check()
    assert [(f.path, f.line, f.rule) for f in findings] == [
        (site.page("zh", "other.md"), 1, "parity/page"),
        (site.page("zh"), 1, "parity/page"),
    ]
    assert "en/passes.md" in findings[1].message


def test_a_missing_folder_lacks_all_its_pages(site):
    findings = check_site(site.docs, "en", ["en", "ko"], None, None)
    assert [(f.path, f.rule) for f in findings] == [(site.page("ko"), "parity/page")]


def test_all_findings_come_at_once_and_in_order(site):
    site.change("zh", "数字7", "数字8")
    site.change("es", "En 2 pasos", "En 3 pasos")
    site.change("es", "$p = x + y$", "$p = y$")
    findings = site.check()
    assert [f.rule for f in findings] == ["parity/formula", "parity/number", "parity/number"]
    assert findings == sorted(findings, key=lambda f: (f.path, f.line))


def test_a_finding_reads_as_file_line_rule_message():
    assert (
        str(Finding(Path("docs/ko/x.md"), 12, "parity/formula", "no $x$")) == "docs/ko/x.md:12: [parity/formula] no $x$"
    )


def test_the_message_tells_what_was_expected_and_where_it_stands(site, monkeypatch):
    monkeypatch.chdir(site.docs.parent)
    site.change("es", "número, 7,", "número, 8,")
    (finding,) = site.check()
    line = site.line("es", "número, 8")
    assert str(finding) == (
        f"docs/es/passes.md:{line}: [parity/number] before the first heading: found 8, expected 7 "
        f"(docs/en/passes.md:{site.line('en', ': 7.')})"
    )


def test_a_file_that_is_not_utf8(site):
    data = site.page("es").read_bytes()
    at = data.index(b"# Pasadas")
    site.page("es").write_bytes(data[:at] + b"\xe1" + data[at:])
    findings = [f for f in site.check() if f.rule == "page/encoding"]
    assert [f.line for f in findings] == [data[:at].count(b"\n") + 1]
    assert "0xe1" in findings[0].message


@pytest.mark.parametrize(
    ("languages", "source", "error"),
    [
        (["en", "español"], "en", ValueError),
        (["en", "es"], "fr", ValueError),
        (["fr", "es"], "fr", FileNotFoundError),
    ],
)
def test_wrong_arguments(site, languages, source, error):
    with pytest.raises(error, match=r"fr|español"):
        check_site(site.docs, source, languages, None, None)


def test_many_pages_take_no_time(site):
    for language in ("en", "es", "zh"):
        for number in range(24):
            site.page(language, f"page-{number}.md").write_text(site.text(language), encoding="utf-8")
    start = time.perf_counter()
    assert site.check() == []
    assert time.perf_counter() - start < 2  # 0.1 s where nothing else runs
