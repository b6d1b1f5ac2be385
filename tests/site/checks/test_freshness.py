import re

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from backprop.site.checks.freshness import digests, stamp
from backprop.site.checks.page import read_page


def test_a_stamp_names_every_part_of_the_source_page(site):
    front = yaml.safe_load(site.text("es").split("---")[1])
    assert list(front["translation"]) == ["meta", "top", "passes", "forward", "backward"]
    assert all(isinstance(digest, str) for digest in front["translation"].values())


@pytest.mark.parametrize(
    ("old", "new", "section", "text"),
    [
        ("Two passes, 1 graph", "Two ways, 1 graph", "title or description", "translation:"),
        ("The top has", "The top knows", "the part before the first heading", None),
        ("# Passes", "# The passes", "section #passes", "# Pasadas"),
        ("Take $x", "Choose $x", "section #passes", "# Pasadas"),
        ("The value is", "The value was", "section #forward", "## Hacia adelante"),
        ("Be careful", "Attention", "section #forward", "## Hacia adelante"),
        ('title="forward.py"', 'title="the graph"', "section #forward", "## Hacia adelante"),
        ("First", "One", "section #forward", "## Hacia adelante"),
        ("A list with", "A list of", "section #backward", "## Hacia atrás"),
    ],
)
def test_a_changed_section_is_named(site, old, new, section, text):
    site.change("en", old, new)
    findings = [f for f in site.check() if f.path == site.page("es")]
    assert [f.rule for f in findings] == ["freshness/stale"]
    assert section in findings[0].message
    assert "python -m backprop.site stamp" in findings[0].message
    line = site.line("es", text) if text else site.text("es").split("\n").index("---", 1) + 2
    assert findings[0].line == line
    site.stamp("es")
    assert not [f for f in site.check() if f.path == site.page("es")]


def test_new_and_removed_sections_are_named(site):
    for language in ("en", "es", "zh"):
        site.change(language, "{ #backward }", "{ #back }")
    found = [(f.rule, f.line) for f in site.check() if f.path == site.page("es")]
    assert found == [
        ("freshness/removed", site.line("es", "translation:")),
        ("freshness/added", site.line("es", "{ #back }")),
    ]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("has a formula, $p", "has a\nformula,  $p"),
        ("# Passes", "<!-- a note to myself -->\n# Passes"),
        ("\n\n## Backward", "\n\n\n\n## Backward"),
    ],
)
def test_lines_and_comments_do_not_make_a_translation_old(site, old, new):
    site.change("en", old, new)
    assert site.check() == []


def test_code_counts_as_it_is_written(site):
    for language in ("en", "es", "zh"):
        site.change(language, 'cost = "$5"  # a', 'cost = "$5"   # a')
    assert {f.rule for f in site.check()} == {"freshness/stale"}


@pytest.mark.parametrize(
    ("pattern", "replacement", "rule", "line"),
    [
        (r"translation:\n(  .*\n)+", "", "freshness/unstamped", 1),
        (r"---[\s\S]*?---\n", "---\ntitle: Dos 1\ndescription: x\n---\n", "freshness/unstamped", 1),
        (r"translation:\n(  .*\n)+", "translation: yes\n", "freshness/form", 4),
        (r"  top: .*\n", "", "freshness/added", 11),
    ],
)
def test_a_missing_stamp_is_a_finding(site, pattern, replacement, rule, line):
    site.write("es", re.sub(pattern, replacement, site.text("es"), count=1))
    assert ("es", rule, line) in [
        (*found[:2], line if rule == "freshness/added" else found[2]) for found in site.rules()
    ]
    site.stamp("es")
    assert site.check() == []


def test_stamping_again_touches_nothing(site):
    before = site.page("es").stat().st_mtime_ns, site.text("es")
    assert site.stamp("es") == []
    assert (site.page("es").stat().st_mtime_ns, site.text("es")) == before


FRONT = st.sampled_from(
    [
        "",
        "---\n---\n",
        "---\ntitle: x\n---\n",
        "---\ntranslation:\n  old: '1'\n\n  # note\n  other: 2\n\n# kept\ntitle: y\n---\n",
        "---\ntitle: z\ntranslation: {a: b,\n  c: d}\nhide:\n  - toc\n---\n",
        "---\ntranslation: no\n...\n",
    ]
)
BODY = st.text(alphabet="ab# \n계é{}-:`", max_size=60).map(lambda text: "texto\n" + text)


@given(FRONT, BODY, st.sampled_from(["\n", "\r\n"]), st.sampled_from(["", "\ufeff"]))
def test_a_stamp_keeps_every_other_byte(tmp_path_factory, front, body, newline, mark):
    folder = tmp_path_factory.getbasetemp() / "stamps"
    folder.mkdir(exist_ok=True)
    source, path = folder / "en.md", folder / "es.md"
    source.write_text("---\ntitle: t\n---\ntop\n\n# A { #a }\n\ntext\n", encoding="utf-8")
    before = (mark + (front + body).replace("\n", newline)).encode()
    path.write_bytes(before)
    original = read_page(source, "en", "p.md")
    stamp(original, read_page(path, "es", "p.md"))
    after = path.read_bytes()

    def rest(data):
        text = data.decode().removeprefix(mark).replace(newline, "\n")
        record = re.search(r"^translation:.*\n((  .*|)\n)*(?<!\n\n)", text, re.MULTILINE) if front else None
        return text.replace(record[0], "").replace("\n\n# kept", "\n# kept") if record else text

    if front:
        assert rest(after) == rest(before)
    else:
        assert after.endswith(before.decode().removeprefix(mark).encode())
    assert after.startswith(mark.encode())
    assert (b"\r\n" in after) == (newline == "\r\n")
    assert after.count(b"\r") in (0, after.count(b"\n"))
    stamped = read_page(path, "es", "p.md")
    assert stamped.front["translation"] == digests(original)
    assert stamp(original, stamped) == []
    assert path.read_bytes() == after
