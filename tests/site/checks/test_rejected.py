import pytest

from backprop.site.checks.rejected import load_rejected

ENTRY = """[[reject]]
name = "n"
text = "t"
scope = "anywhere"
reason = "r"
instead = "i"
"""


@pytest.fixture
def load(tmp_path):
    def load(text):
        path = tmp_path / "rejected.toml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return load_rejected(path, ("en", "es"))

    return load


def test_an_entry(load):
    (entry,), findings = load(ENTRY)
    assert findings == []
    assert entry.concerns("es", "any/page.md")
    assert entry.message("t\n t") == "found “t t”, expected i (r)"


def test_where_an_entry_applies(load):
    (entry,), _ = load(ENTRY + 'languages = ["es"]\npages = ["a-*.md", "b/*"]\n')
    assert [
        entry.concerns(*where) for where in (("es", "a-1.md"), ("es", "b/c.md"), ("es", "c.md"), ("en", "a-1.md"))
    ] == [*(True, True, False, False)]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('name = "n"\n', "", "no name"),
        ('reason = "r"\n', "", "no reason"),
        ('instead = "i"', 'instead = ""', "no instead"),
        ('text = "t"', "", "exactly one of text, regex, stages"),
        ('text = "t"', 'text = "t"\nregex = "u"', "exactly one of text, regex, stages"),
        ('text = "t"', 'regex = "("', "regex is not a regular expression"),
        ('text = "t"', "text = 5", "text is not a string"),
        ('text = "t"', 'stages = [["x"]]', "from inputs to output"),
        ('text = "t"', 'stages = ["x", "y"]', "from inputs to output"),
        ('text = "t"', 'stages = "xy"', "stages is not a list"),
        ('"anywhere"', '"everywhere"', "expected formula, prose, anywhere"),
        ('name = "n"', 'name = "n"\nlanguages = ["fr"]', "unknown language 'fr'"),
        ('name = "n"', 'name = "n"\ncolour = "red"', "unknown key colour"),
    ],
)
def test_a_wrong_entry_is_a_finding_and_the_others_hold(load, old, new, message):
    entries, findings = load(f"# a list\n{ENTRY}\n{ENTRY.replace(old, new)}")
    assert len(entries) == 1
    assert [(f.rule, f.line) for f in findings] == [("rejected/entry", 9)]
    assert message in findings[0].message


@pytest.mark.parametrize(
    ("text", "rule", "line"),
    [
        ("# x\nname = \n", "rejected/toml", 2),
        ("# x\nname = [\n", "rejected/toml", 2),
        (b"# \xff\n", "rejected/encoding", 1),
    ],
)
def test_a_file_that_cannot_be_read(load, text, rule, line):
    entries, findings = load(text)
    assert entries == []
    assert [(f.rule, f.line) for f in findings] == [(rule, line)]
