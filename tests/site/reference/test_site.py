"""The reference of another teacher's site, built by the real command."""

import re

import pytest

from backprop.site.commands import main

PACKAGE = '''
    """Ohm's law as a package."""


    class Resistor:
        """A resistor; see `voltage`.

        Args:
            ohms: its resistance.
        """

        def __init__(self, ohms: float) -> None:
            self.ohms = ohms

        def current(self, volts: float) -> float:
            """The current at a voltage."""
            return volts / self.ohms


    def voltage(resistor: Resistor, current: float = 0.25) -> float:
        """The voltage that drives a current.

        Raises:
            TypeError: no resistor.

        >>> voltage(Resistor(8.0))
        2.0
        """
        return resistor.ohms * current


    def undocumented(x):
        return x
    '''

PAGES = {
    "en": ("Reference", "Parts", "Laws"),
    "es": ("Referencia", "Componentes", "Leyes"),
}


@pytest.fixture
def documented(site):
    """The tutorial with a package of its own, and a page of reference in both languages."""
    site.write("ohmlab.py", PACKAGE)
    site.replace("mkdocs.yml", "nav: [index.md, ohm.md]", "nav: [index.md, ohm.md, api/parts.md, api/laws.md]")
    for language, (title, parts, laws) in PAGES.items():
        entry = "```reference\nohmlab.{}\n```"
        resistor = entry.format("Resistor  ../ohm.md#twice")
        site.write(f"docs/{language}/api/parts.md", f"# {title} {{ #api }}\n\n## {parts} {{ #parts }}\n\n{resistor}\n")
        site.write(f"docs/{language}/api/laws.md", f"# {laws} {{ #laws }}\n\n{entry.format('voltage')}\n")
    stamp_all(site)
    return site


def stamp_all(site):
    assert main(["-f", str(site.root / "mkdocs.yml"), "stamp", "--all"]) == 0


def test_entries_stand_in_place_of_the_fence(documented):
    build = documented.build("--strict")
    assert build.returncode == 0, build.stderr
    english, spanish = (documented.published(f"{folder}api/parts/index.html") for folder in ("", "es/"))
    for page in (english, spanish):
        assert 'id="ohmlab.Resistor"' in page
        assert 'id="ohmlab.Resistor.current"' in page
        assert "reference.css" in page
        assert '<a href="../laws/#ohmlab.voltage"><code>voltage</code></a>' in page
        contents = page[page.index("md-nav--secondary") :]
        assert 'href="#ohmlab.Resistor"' in contents
    assert '<a href="../../ohm/#twice">Measurement</a>' in english
    assert '<a href="../../ohm/#twice">Medición</a>' in spanish
    assert "Arguments</p><dl>" in english
    assert 'Argumentos</p><dl lang="en">' in spanish
    laws = documented.published("api/laws/index.html")
    assert '<a href="../parts/#ohmlab.Resistor">' in laws
    assert '<span class="gp">&gt;&gt;&gt; </span>' in laws
    assert "reference.css" not in documented.published("ohm/index.html")


def test_entries_are_kept_until_the_package_changes(documented):
    documented.build()
    entries = documented.root / ".cache/backprop/reference"
    (kept,) = entries.glob("*.json")
    assert documented.build().returncode == 0
    assert list(entries.glob("*.json")) == [kept]
    documented.replace("ohmlab.py", "The voltage that drives", "The tension that drives")
    assert documented.build().returncode == 0
    assert "The tension that drives" in documented.published("es/api/laws/index.html")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("voltage", "voltag", "there is no ohmlab.voltag; did you mean ohmlab.voltage?"),
        ("voltage", "undocumented", "ohmlab.undocumented has no docstring"),
        ("voltage", "voltage  ../ohms.md", "there is no page ../ohms.md, seen from this one"),
        ("voltage", "voltage  ../ohm.md#thrice", "docs/en/ohm.md has no section #thrice"),
        ("voltage", "Resistor", "ohmlab.Resistor is already listed at docs/en/api/laws.md:4"),
    ],
)
def test_what_is_wrong_stops_the_build_at_its_line(documented, old, new, message):
    for language in PAGES:
        documented.replace(f"docs/{language}/api/laws.md", old, new)
    stamp_all(documented)
    build = documented.build()
    assert build.returncode == 1
    assert not (documented.root / "site/index.html").exists()
    page = "parts" if new == "Resistor" else "laws"
    line = documented.line_of(f"docs/en/api/{page}.md", "ohmlab")
    assert re.search(rf"docs/en/api/{page}\.md:{line}: .*{re.escape(message)}", build.stderr), build.stderr


def test_a_package_that_ends_the_process_is_told(documented):
    documented.write("ohmlab.py", "import os\n\nvoltage = max\nos._exit(3)\n")
    build = documented.build()
    assert build.returncode == 1
    assert "the process that reads the docstrings ended with code 3" in build.stderr
