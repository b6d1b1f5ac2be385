import csv
from pathlib import Path

import pytest

from backprop.site.checks.page import read_page
from backprop.site.checks.rejected import load_rejected
from backprop.site.checks.terms import check_terms, load_glossary

DOCS = Path(__file__).parents[3] / "docs"
LANGUAGES = ("en", "es", "zh", "ko", "pt")


@pytest.fixture
def breaches(tmp_path):
    """Rule, line and found text of every wrong term in a page, by the project's own glossary or the one given."""

    def breaches(language, text, glossary=None):
        path = DOCS / "glossary.csv"
        if glossary is not None:
            path = tmp_path / "glossary.csv"
            path.write_text("key,en,es,zh,ko,pt,avoid,note\n" + glossary, encoding="utf-8")
        terms, findings = load_glossary(path, LANGUAGES)
        assert findings == []
        page = tmp_path / "page.md"
        page.write_text(text, encoding="utf-8")
        found = check_terms(read_page(page, language, "page.md"), terms, [])
        return [(breach.finding.rule, breach.finding.line, breach.found) for breach in found]

    return breaches


@pytest.mark.parametrize(
    ("language", "text", "found"),
    [
        ("es", "el Gráfico\nComputacional", [("terms/computational_graph", 1, "Gráfico\nComputacional")]),
        ("es", "gráficos computacionalesx", []),
        ("es", "el degradado, no el degradadores", [("terms/gradient", 1, "degradado")]),
        ("pt", "gradiente descendente estocástico", []),
        ("es", "gradiente descendente", [("terms/gradient_descent", 1, "gradiente descendente")]),
        ("es", "el archivo.ypnb", [("terms/notebook", 1, ".ypnb")]),
        ("zh", "使用链式规则", [("terms/chain_rule", 1, "链式规则")]),
        ("zh", "使用链\n式规则", [("terms/chain_rule", 1, "链\n式规则")]),
        ("ko", "이것은 역전 파입니다", [("terms/backpropagation", 1, "역전 파")]),
        ("ko", "이것은 역전파입니다", []),
        ("en", "`back propagation` $back propagation$", []),
        ("en", "```\nback propagation\n```\n", []),
        ("en", "[a](back-propagation.md) {{ back propagation }}", []),
    ],
)
def test_terms_of_the_glossary(breaches, language, text, found):
    assert breaches(language, text) == found


def test_required_terms_may_contain_avoided_ones(breaches):
    glossary = "a,graph,grafo,图,그래프,grafo,es:barra,\nb,bar chart,gráfico de barra,图,그래프,gráfico,,\n"
    assert breaches("es", "gráfico de barra, barra", glossary) == [("terms/a", 1, "barra")]


def test_the_longest_term_counts_once(breaches):
    found = breaches("es", "descenso de gradiente estocástico")
    assert found == [("terms/stochastic_gradient_descent", 1, "descenso de gradiente estocástico")]


def test_the_message_gives_every_required_term_and_the_note_for_the_language(tmp_path):
    glossary, _ = load_glossary(DOCS / "glossary.csv", LANGUAGES)
    page = tmp_path / "page.md"
    page.write_text("gráfico dirigido; gráfico computacional", encoding="utf-8")
    first, second = (b.finding.message for b in check_terms(read_page(page, "es", "page.md"), glossary, []))
    assert first.startswith("found “gráfico dirigido”, expected “grafo” or “grafo acíclico dirigido” (")
    assert second.startswith("found “gráfico computacional”, expected “grafo computacional” (a grafo has nodes")
    assert "연산" not in second


def test_no_required_term_is_rejected(breaches):
    with (DOCS / "glossary.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for language in LANGUAGES:
        text = "\n\n".join(row[language].partition(" (")[0] for row in rows)
        assert breaches(language, text) == []


def test_every_avoided_term_is_found(breaches):
    with (DOCS / "glossary.csv").open(encoding="utf-8", newline="") as file:
        entries = [entry for row in csv.DictReader(file) for entry in row["avoid"].split("|") if entry]
    assert len(entries) > 150
    for language in LANGUAGES:
        wrong = [entry.partition(":")[2] for entry in entries if entry.startswith(language)]
        found = breaches(language, "\n\n".join(f"x {term} y" for term in wrong))
        assert {line for _, line, _ in found} == {2 * number + 1 for number in range(len(wrong))}


@pytest.mark.parametrize(
    ("text", "rule", "line"),
    [
        ("key,en,es,avoid\n", "glossary/columns", 1),
        ("key,en,es,avoid,note\na,b,c,,\nd,e,f,,,g\n", "glossary/row", 3),
        ("key,en,es,avoid,note\na,b,c\n", "glossary/row", 2),
        ("key,en,es,avoid,note\na,b,c,fr:x,\n", "glossary/avoid", 2),
        ("key,en,es,avoid,note\na,b,c,x,\n", "glossary/avoid", 2),
        ('key,en,es,avoid,note\na,b,c,,"x\n', "glossary/csv", 2),
        ("", "glossary/columns", 1),
    ],
)
def test_a_glossary_that_cannot_be_read(tmp_path, text, rule, line):
    path = tmp_path / "glossary.csv"
    path.write_text(text, encoding="utf-8")
    _, findings = load_glossary(path, ("en", "es"))
    assert [(f.path, f.rule, f.line) for f in findings] == [(path, rule, line)]


def test_a_glossary_in_another_encoding(tmp_path):
    path = tmp_path / "glossary.csv"
    path.write_bytes("key,en,es,avoid,note\na,b,ñ,,\n".encode("latin-1"))
    assert [f.rule for f in load_glossary(path, ("en", "es"))[1]] == ["glossary/encoding"]


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        ("the value is −\n\nfive", ["dangling-hyphen"]),
        ("well-\nknown", ["dangling-hyphen"]),
        ("a − b, well-known\n\n- item\n\n---\n\n| − | a |\n|---|---|\n", []),
        ("Tensorflow, TensorFlow", ["tensorflow"]),
        ("taken w.r.t. x", ["wrt"]),
        ("1/11+ex", ["sum-in-words"]),
        (r"g = \ left (x+y \right )", ["split-command"]),
        (r"\ast and \derecho", ["asterisk-command", "translated-command"]),
        ("dq / dx", ["no-q"]),
        ("a hard break\\\n中文", []),
    ],
)
def test_strings_rejected_in_prose(tmp_path, text, rules):
    rejected, findings = load_rejected(DOCS / "rejected.toml", LANGUAGES)
    assert findings == []
    page = tmp_path / "page.md"
    page.write_text(text, encoding="utf-8")
    found = check_terms(read_page(page, "es", "page.md"), {}, rejected)
    assert sorted(breach.finding.rule.removeprefix("terms/") for breach in found) == rules
