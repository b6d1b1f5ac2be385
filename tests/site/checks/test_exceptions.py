import pytest

QUOTED = r"""
<!-- quote: rule="notation" text="{text}" reason="the classic error" reviewed="Ana 2026-11-21" -->
!!! failure "x"
    $\frac{{\partial x}}{{\partial g}}$ is upside down.

"""
TEXT = r"\frac {\partial x} {\partial g}"


def quoted(site, **changes):
    """The same quotation in the top of every page."""
    for language in ("en", "es", "zh"):
        block = QUOTED.format(text=TEXT)
        for old, new in changes.get(language, {}).items():
            assert old in block
            block = block.replace(old, new)
        site.change(language, "\n# ", f"{block}\n# ")
    for language in ("es", "zh"):
        site.stamp(language)
    return site.rules()


def test_a_mistake_that_is_quoted_in_every_language(site):
    assert quoted(site) == []


def test_without_the_exception_it_is_a_finding_in_that_language(site):
    (found,) = quoted(site, es={"<!-- quote": "<!-- no quote"})
    assert found == ("es", "notation/upside-down", site.line("es", "upside down"))


@pytest.mark.parametrize("kind", ["failure", "warning", "danger", "bug"])
def test_the_admonitions_that_show_a_mistake(site, kind):
    change = {"!!! failure": f"!!! {kind}"}
    assert quoted(site, en=change, es=change, zh=change) == []


@pytest.mark.parametrize("instead", ["!!! note", "!!! tip", "> quoted"])
def test_no_other_block_is_excused(site, instead):
    change = {'!!! failure "x"': instead}
    found = quoted(site, en=change, es=change, zh=change)
    assert ("es", "exceptions/place", site.line("es", "<!-- quote")) in found
    assert {rule for _, rule, _ in site.rules()} == {"exceptions/place", "notation/upside-down"}


def test_it_holds_for_its_own_block_only(site):
    quoted(site)
    for language in ("en", "es", "zh"):
        site.change(language, "\n# ", "\n$\\frac{\\partial x}{\\partial g}$\n\n# ")
    assert {rule for _, rule, _ in site.rules()} == {"notation/upside-down", "freshness/stale"}


def test_it_holds_for_its_own_text_only(site):
    assert {rule for _, rule, _ in quoted(site, es={TEXT: r"\frac{\partial y}{\partial g}"})} == {
        "exceptions/unused",
        "notation/upside-down",
    }


def test_one_that_excuses_nothing_is_a_finding(site):
    changes = {
        language: {"{\\partial x}{\\partial g}$": "{\\partial g}{\\partial x}$"} for language in ("en", "es", "zh")
    }
    found = quoted(site, **changes)
    assert {rule for _, rule, _ in found} == {"exceptions/unused"}
    assert len(found) == 3


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (' reason="the classic error"', ""),
        ('reason="the classic error"', 'reason=" "'),
        (' reviewed="Ana 2026-11-21"', ""),
        ('reviewed="Ana 2026-11-21"', 'reviewed="2026-11-21"'),
        ('reviewed="Ana 2026-11-21"', 'reviewed="Ana"'),
        ('rule="notation"', 'rule="parity"'),
        ('rule="notation"', "rule=notation"),
        ("-21", '-21" colour="red'),
    ],
)
def test_one_without_a_reason_or_a_review_excuses_nothing(site, old, new):
    assert {rule for _, rule, _ in quoted(site, es={old: new})} == {"exceptions/form", "notation/upside-down"}


def test_a_wrong_term_is_quoted_in_the_language_it_is_wrong_in(site):
    for language, comment in (
        ("en", ""),
        ("es", '<!-- quote: rule="terms/graph" text="un gráfico" reason="r" reviewed="Ana 2026-11-21" -->\n\n'),
        ("zh", "<!-- quote: rule='terms' text='图表' reason='r' reviewed='李 2026-11-21' -->\n"),
    ):
        wrong = {"en": "plot", "es": "un gráfico", "zh": "图表"}[language]
        site.change(language, "\n# ", f'\n{comment}!!! warning "{wrong}"\n    Text.\n\n# ')
    for language in ("es", "zh"):
        site.stamp(language)
    assert site.check() == []
    site.change("es", "    Text.", "    Otro gráfico.")
    assert [rule for _, rule, _ in site.rules()] == ["terms/graph"]


def test_several_exceptions_for_one_block(site):
    comments = [
        f'<!-- quote: rule="notation" text="{text}" reason="r" reviewed="A 2026-11-21" -->'
        for text in (TEXT, r"a \ast b")
    ]
    for language in ("en", "es", "zh"):
        block = "\n".join(["", *comments, "!!! bug", r"    $\frac{\partial x}{\partial g}$ and $a\ast b$", "", "# "])
        site.change(language, "\n# ", block)
    for language in ("es", "zh"):
        site.stamp(language)
    assert site.check() == []
