"""Notebooks of a teacher's site, which the plugin knows nothing of."""

import json
import re
import zipfile

import nbformat
import pytest

PLUGIN = "{examples: docs/examples}"
PROJECT = """
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = "ohm"
version = "1.2"
requires-python = ">=3.11"

[tool.hatch.build.targets.wheel]
include = ["/ohm.py"]
"""


@pytest.fixture
def published(site):
    site.replace("mkdocs.yml", PLUGIN, "{examples: docs/examples, notebooks: true, wheel: '.[docs]'}")
    site.write("pyproject.toml", PROJECT)
    site.write("ohm.py", "u = 1\n")
    return site


def build(site):
    done = site.build()
    assert done.returncode == 0, done.stderr
    assert "WARNING" not in done.stderr


def read(site, path):
    notebook = nbformat.reads(site.published(path), as_version=4)
    nbformat.validate(notebook)
    return notebook


def test_every_page_with_code_has_one_in_its_language(published):
    published.replace("docs/es/ohm.md", "Con {{ current }} A", "Como en [el inicio](index.md#ohm), con {{ current }} A")
    published.replace("docs/en/ohm.md", "with {{ current }} A", "as [there](index.md#ohm), with {{ current }} A")
    published.stamp()
    build(published)
    english, spanish = read(published, "notebooks/en/ohm.ipynb"), read(published, "notebooks/es/ohm.ipynb")
    assert not (published.root / "site/notebooks/en/index.ipynb").exists()
    about, install, language, *rest = spanish.cells
    assert "[Medición](https://example.org/ohm/es/ohm/)" in about.source
    assert (
        install.source
        == '%pip install --quiet "ohm[docs] @ https://example.org/ohm/notebooks/ohm-1.2-py3-none-any.whl"'
    )
    assert language.source.endswith('set_language("es")')
    assert rest[0].source == "# Medición"
    assert [output.get("text") for output in rest[1].outputs] == ["measured:\n", None]
    assert rest[1].outputs[1].data["text/plain"] == "2.0 V"
    assert "es: 2.0 V" in rest[1].outputs[1].data["text/html"]
    link = "[el inicio](https://example.org/ohm/es/#ohm)"
    assert rest[2].source == f"Como en {link}, con 0.25 A resulta $U = 2$, en código `{{{{ voltage }}}}`."
    assert "$$\nU = 8 \\cdot 0.5 = 4\n$$" in spanish.cells[-1].source
    assert [cell.source for cell in english.cells if cell.cell_type == "code"][2:] == [
        cell.source for cell in spanish.cells if cell.cell_type == "code"
    ][2:]


def test_the_page_links_it_and_the_wheel_lies_beside_it(published):
    build(published)
    for page, path in {"ohm/": "../notebooks/en/ohm.ipynb", "es/ohm/": "../../notebooks/es/ohm.ipynb"}.items():
        html = published.published(f"{page}index.html")
        link = re.search(
            r'</h1><div class="bp-notebook" data-pagefind-ignore><a href="([^"]*)" download>([^<]*)</a>', html
        )
        assert link[1] == path
        assert ("cuaderno" in link[2]) == page.startswith("es")
    assert "bp-notebook" not in published.published("index.html")
    (wheel,) = (published.root / "site/notebooks").glob("*.whl")
    assert wheel.name == "ohm-1.2-py3-none-any.whl"
    assert "ohm.py" in zipfile.ZipFile(wheel).namelist()


def test_without_an_address_its_links_lead_to_what_lies_beside_it(published):
    published.replace("mkdocs.yml", "site_url: https://example.org/ohm/\n", "")
    published.write("docs/assets/circuit.svg", '<svg xmlns="http://www.w3.org/2000/svg"/>')
    for language in ("en", "es"):
        with (published.root / f"docs/{language}/ohm.md").open("a", encoding="utf-8") as page:
            page.write("\n[a](index.md#ohm) [b](#twice) [c](ohm.md) ![d](../assets/circuit.svg)\n")
    published.stamp()
    build(published)
    text = read(published, "notebooks/es/ohm.ipynb").cells[-1].source
    links = "[a](../../es/index.html#ohm) [b](#twice) [c](ohm.ipynb) ![d](../../assets/circuit.svg)"
    assert text.endswith(links)
    for path in re.findall(r"\((\.\.[^)#]*)", links):
        assert (published.root / "site/notebooks/es" / path).exists()
    first = read(published, "notebooks/es/ohm.ipynb").cells[0].source
    assert 'pip install -e ".[docs]"' in first


def test_it_is_the_same_from_build_to_build(published):
    build(published)
    folder = published.root / "site/notebooks"
    first = {path.name: path.read_bytes() for path in folder.rglob("*.*")}
    build(published)
    assert {path.name: path.read_bytes() for path in folder.rglob("*.*")} == first
    cells = json.loads(published.published("notebooks/en/ohm.ipynb"))["cells"]
    assert len({cell["id"] for cell in cells}) == len(cells)


def test_a_wheel_that_does_not_build_stops_the_build(published):
    published.replace("pyproject.toml", "hatchling.build", "no.such.builder")
    done = published.build("-q", "--no-strict")
    assert done.returncode != 0
    assert "backprop: 1 problem\n  wheel: " in done.stderr
    assert "No module named 'no'" in done.stderr


def test_there_are_none_unless_they_are_asked_for(site):
    build(site)
    assert not (site.root / "site/notebooks").exists()
    assert "bp-notebook" not in site.published("ohm/index.html")
    site.replace("mkdocs.yml", PLUGIN, "{examples: docs/examples, notebooks: true, execute: false}")
    build(site)
    assert not (site.root / "site/notebooks").exists()


def test_a_page_says_that_it_is_not_to_be_downloaded(published):
    for language in ("en", "es"):
        page = published.root / f"docs/{language}/ohm.md"
        text = page.read_text("utf-8")
        front = "---\nnotebook: false\n" + (text.removeprefix("---\n") if text.startswith("---") else f"---\n{text}")
        page.write_text(front, "utf-8")
    published.stamp()
    build(published)
    assert not list((published.root / "site").rglob("*.ipynb"))
    assert "bp-notebook" not in published.published("ohm/index.html")


def test_a_link_to_what_only_the_page_has_leads_to_the_page(published):
    for language in ("en", "es"):
        page = published.root / f"docs/{language}/ohm.md"
        page.write_text(page.read_text("utf-8") + "\n[twice](#twice), [row](#row)\n", "utf-8")
    published.stamp()
    build(published)
    text = "".join(cell.source for cell in read(published, "notebooks/es/ohm.ipynb").cells)
    assert "[twice](#twice), [row](https://example.org/ohm/es/ohm/#row)" in text
