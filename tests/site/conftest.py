"""A tutorial of another teacher: two languages, two pages, a `mkdocs.yml` of its own."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

from backprop.site.checks.freshness import stamp
from backprop.site.checks.page import read_page
from backprop.site.fonts import math_font

CONFIG = """
site_name: Ohm's law
site_url: https://example.org/ohm/
strict: true
theme: {name: material, font: false}
plugins:
  - i18n:
      docs_structure: folder
      languages:
        - {locale: en, name: English, default: true}
        - {locale: es, name: Español}
  - backprop: {examples: docs/examples}
nav: [index.md, ohm.md]
extra: {quiet: !!python/name:backprop.site.notices.quiet }
"""

EXAMPLE = '''
"""Voltage across a resistance."""
# --8<-- [start:measure]
from pathlib import Path

from backprop.explain.display import View, show


class Reading(View):
    """What an instrument shows."""

    def __init__(self, value):
        self.value = value

    def text(self, language=None):
        return f"{self.value} V"

    def html(self, language=None):
        return f'<p class="reading">{language}: {self.value} V</p>'


with Path("runs.txt").open("a") as log:
    log.write("run\\n")
current, resistance = 0.25, 8.0
voltage = current * resistance
print("measured:")
show(Reading(voltage))
# --8<-- [end:measure]

# --8<-- [start:double]
current = 2 * current
voltage = current * resistance
print(f"{voltage} V")
# --8<-- [end:double]
'''

INDEX = {
    "en": """
        # Ohm's law { #ohm }

        The voltage is $U = R\\,I$. See [the measurement](ohm.md#measurement).
        """,
    "es": """
        # Ley de Ohm { #ohm }

        La tensión es $U = R\\,I$. Véase [la medición](ohm.md#measurement).
        """,
}

LESSON = {
    "en": """
        # Measurement { #measurement }

        ```python exec="on" source="above"
        --8<-- "ohm.py:measure"
        ```

        So $U = {{ voltage }}$, with {{ current }} A, written `{{ voltage }}` in code.

        ## Twice the current { #twice }

        ```python exec="on"
        --8<-- "ohm.py:double"
        ```

        $$
        U = {{ resistance }} \\cdot {{ current }} = {{ voltage }}
        $$
        """,
    "es": """
        # Medición { #measurement }

        ```python exec="on" source="above"
        --8<-- "ohm.py:measure"
        ```

        Con {{ current }} A resulta $U = {{ voltage }}$, en código `{{ voltage }}`.

        ## El doble de corriente { #twice }

        ```python exec="on"
        --8<-- "ohm.py:double"
        ```

        $$
        U = {{ resistance }} \\cdot {{ current }} = {{ voltage }}
        $$
        """,
}


class Site:
    """A site in a temporary folder, built by the real command in a process of its own."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def write(self, path: str, text: str) -> Path:
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(dedent(text).lstrip("\n"), encoding="utf-8")
        return target

    def replace(self, path: str, old: str, new: str) -> None:
        target = self.root / path
        text = target.read_text(encoding="utf-8")
        assert old in text, f"{old!r} is not in {path}"
        target.write_text(text.replace(old, new), encoding="utf-8")

    def stamp(self) -> None:
        for source in (self.root / "docs/en").glob("*.md"):
            translation = self.root / "docs/es" / source.name
            stamp(read_page(source, "en", source.name), read_page(translation, "es", source.name))

    def everywhere(self, page: str, old: str, new: str) -> None:
        """Change all languages of a page alike, and stamp the translation."""
        for language in ("en", "es"):
            self.replace(f"docs/{language}/{page}", old, new)
        self.stamp()

    def line_of(self, path: str, text: str) -> int:
        lines = (self.root / path).read_text(encoding="utf-8").split("\n")
        return next(number for number, line in enumerate(lines, 1) if text in line)

    def mkdocs(self, *arguments: str) -> list[str]:
        return [sys.executable, "-W", "error", "-m", "mkdocs", *arguments]

    def build(self, *flags: str, **variables: str) -> "subprocess.CompletedProcess[str]":
        environment = {**os.environ, **variables}
        environment.pop("NO_MKDOCS_2_WARNING", None)
        return subprocess.run(
            self.mkdocs("build", *flags), cwd=self.root, env=environment, capture_output=True, encoding="utf-8"
        )

    def published(self, path: str) -> str:
        return (self.root / "site" / path).read_text(encoding="utf-8")

    @property
    def runs(self) -> int:
        """How often the code of the lesson was run."""
        log = self.root / "runs.txt"
        return len(log.read_text().split()) if log.exists() else 0


REPOSITORY = Path(__file__).parents[2]
LANGUAGES = ("en", "es", "zh", "ko", "pt")


@pytest.fixture(scope="session")
def tutorial(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Our own site, built with the command of the README."""
    target = tmp_path_factory.mktemp("tutorial")
    command = [sys.executable, "-m", "mkdocs", "build", "-d", str(target)]
    build = subprocess.run(command, cwd=REPOSITORY, capture_output=True, encoding="utf-8")
    assert build.returncode == 0, build.stderr
    assert "WARNING" not in build.stderr
    return target


@pytest.fixture(scope="session")
def font(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The math font, which takes two seconds to make."""
    return math_font(tmp_path_factory.mktemp("font"))


@pytest.fixture
def site(tmp_path: Path, font: Path) -> Site:
    """The tutorial, not yet built."""
    site = Site(tmp_path)
    site.write("mkdocs.yml", CONFIG)
    site.write("docs/examples/ohm.py", EXAMPLE)
    for language in ("en", "es"):
        site.write(f"docs/{language}/index.md", INDEX[language])
        site.write(f"docs/{language}/ohm.md", LESSON[language])
    site.stamp()
    cache = tmp_path / ".cache/backprop"
    cache.mkdir(parents=True)
    shutil.copy(font, cache)
    return site
