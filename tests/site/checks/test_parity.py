import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backprop.site.checks.page import read_page
from backprop.site.checks.parity import compare

from .conftest import PAGES


@pytest.fixture(scope="module")
def difference(tmp_path_factory):
    """Findings for a translation, given as text, of a source page given as text."""
    root = tmp_path_factory.mktemp("parity")

    def difference(source, translation, language="es"):
        pages = []
        for code, text in (("en", source), (language, translation)):
            path = root / f"{code}.md"
            path.write_bytes(text.encode())
            pages.append(read_page(path, code, "page.md"))
        return [(f.line, f.rule.removeprefix("parity/"), f.message) for f in compare(*pages)]

    return difference


def rules(findings):
    return [rule for _, rule, _ in findings]


def test_a_missing_heading_is_one_finding(difference):
    source = "# A { #a }\n$x$ 1\n## B { #b }\n$y$ 2\n## C { #c }\n3\n"
    ((line, rule, message),) = difference(source, source.replace("## B { #b }\n", ""))
    assert (line, rule) == (4, "heading")
    assert "## … { #b }" in message


def test_headings_in_another_order(difference):
    source = "# A { #a }\n1\n## B { #b }\n2\n## C { #c }\n3\n"
    moved = "# A { #a }\n1\n## C { #c }\n3\n## B { #b }\n2\n"
    assert set(rules(difference(source, moved))) == {"heading"}


def test_sections_are_compared_one_by_one(difference):
    source = "# A { #a }\n1 $x$\n## B { #b }\n2 $y$\n"
    swapped = "# A { #a }\n2 $x$\n## B { #b }\n1 $y$\n"
    assert [(line, rule) for line, rule, _ in difference(source, swapped)] == [(2, "number"), (4, "number")]


def test_items_are_counted(difference):
    ((line, rule, message),) = difference("$x$ and $x$", "$x$, $x$ y\n$x$")
    assert (line, rule) == (2, "formula")
    assert "$x$" in message
    ((_, _, message),) = difference("$x$ and $x$", "$x$")
    assert message.startswith("before the first heading: no $x$: expected, as at ")


def test_a_displayed_formula_is_not_an_inline_one(difference):
    assert rules(difference("$$x$$", "$x$")) == ["formula"]


def test_code_blocks_are_ordered(difference):
    source = "```a\n1\n```\n\n```b\n2\n```\n"
    assert set(rules(difference(source, "```b\n2\n```\n\n```a\n1\n```\n"))) == {"code"}
    ((line, _, message),) = difference(source, source.replace("2\n", "2\n3\n"))
    assert line == 7
    assert "found `3`, expected the end of the block" in message


def test_inline_code_is_a_set(difference):
    assert difference("`a` and `a`", "`a`") == []
    assert rules(difference("`a` and `b`", "`a`")) == ["inline-code"]


@pytest.mark.parametrize(
    ("source", "translation", "equal"),
    [
        ("https://en.wikipedia.org/wiki/Graph", "https://es.wikipedia.org/wiki/Grafo", True),
        ("https://en.wikipedia.org/wiki/Graph", "https://en.wikipedia.org/wiki/Graph", False),
        ("https://a.org/en/b.html", "https://a.org/es/c.html", True),
        ("https://a.org/en/b.html", "https://a.org/fr/c.html", False),
        ("https://a.org/b", "https://a.org/b", True),
        ("https://a.org/b", "https://a.org/c", False),
        ("../en/a.md#b", "../es/a.md#b", True),
        ("a.md#b", "a.md#c", False),
    ],
)
def test_targets_in_the_reader_s_language(difference, source, translation, equal):
    assert (difference(f"[x]({source})", f"[y]({translation})") == []) is equal


def mutations(text):
    """Every way to spoil the translation that a check of structure has to notice, as the page that results."""
    lines = text.split("\n")

    def without(start, end):
        return "\n".join([*lines[:start], *lines[end:]])

    for number, line in enumerate(lines):
        if re.match(r"#+ .*\{ #", line):
            yield f"drop heading {line}", without(number, number + 1)
            yield f"level of {line}", "\n".join([*lines[:number], "#" + line, *lines[number + 1 :]])
        if line.startswith(("!!!", "???")):
            yield f"drop admonition {line}", without(number, number + 1)
        if line.lstrip().startswith("```") and len(line.strip()) > 3:
            end = next(n for n in range(number + 1, len(lines)) if lines[n].strip() == "```")
            yield f"drop code at {number}", without(number, end + 1)
            yield f"change code at {number}", "\n".join([*lines[: number + 1], "x = 1", *lines[number + 1 :]])
    for pattern in (
        r"\$\$[^$]+\$\$",
        r"(?<![\\$\"])\$[^$\n]+\$",
        r"\{\{[^{}]+\}\}",
        r"`[^`\n]+`",
        r"!?\[[^\]]*\]\([^)]*\)",
    ):
        for match in re.finditer(pattern, text):
            yield f"drop {match[0]}", text[: match.start()] + text[match.end() :]
    body = text.index("---", 4)
    for match in re.finditer(r"\d", text):
        if text[match.start() - 1] != "\n" or text[match.end()] != ".":  # the marker of a list is no number
            digit = str((int(match[0]) + 1) % 10)
            yield f"digit at {match.start()}", text[: match.start()] + digit + text[match.end() :]
    for match in re.finditer(r"(?<=[\w}]) [+<>-] (?=[\w{])", text[body:]):
        at = body + match.start()
        yield f"sign at {at}", text[:at] + " = " + text[at + 3 :]


MUTATIONS = {language: sorted(set(mutations(PAGES[language]))) for language in ("es", "zh")}


@given(st.sampled_from(["es", "zh"]), st.data())
def test_any_mutation_of_a_translation_is_found(difference, language, data):
    name, spoiled = data.draw(st.sampled_from(MUTATIONS[language]))
    assert difference(PAGES["en"], spoiled, language), name


def test_every_mutation_has_been_seen_to_be_one():
    for language, spoiled in MUTATIONS.items():
        assert len(spoiled) > 30
        assert all(text != PAGES[language] for _, text in spoiled)


PROSE = st.text(alphabet="abc ñé 계산图，。", min_size=1, max_size=20)


@given(st.lists(st.tuples(PROSE, PROSE), min_size=1, max_size=6), st.randoms(use_true_random=False))
def test_a_translation_may_say_it_in_other_words_and_order(difference, words, random):
    parts = [r"$\frac{a}{b}$", "{{ x }}", "5", "[l](m.md)", "`n`", "−2.5"]
    source, translation = [], []
    for number, (theirs, ours) in enumerate(words):
        chosen = random.sample(parts, 3)
        source += [f"## {theirs}x {{ #s{number} }}", "", f" {theirs} ".join(["", *chosen, ""]).strip(), ""]
        random.shuffle(chosen)
        translation += [f"## {ours}y {{ #s{number} }}", f" {ours} ".join(["", *chosen, ""]).strip(), ""]
    assert difference("\n".join(source), "\n".join(translation)) == []
