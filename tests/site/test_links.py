"""Links that views bring."""

import logging

import pytest
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

from backprop.site.links import link_pages


@pytest.fixture
def pages(tmp_path):
    """Pages by their paths, in a site with a folder."""
    config = MkDocsConfig(str(tmp_path / "mkdocs.yml"))
    config.load_dict({"site_name": "Ohm", "docs_dir": str(tmp_path)})
    config.validate()
    names = ("index.md", "ohm.md", "terms/index.md", "terms/more.md")
    files = Files([File(name, str(tmp_path), str(tmp_path / "site"), True) for name in names])
    for file in files:
        page = Page(None, file, config)
        page.links_to_anchors = {}
    return {file.src_uri: file.page for file in files}, files, config


@pytest.mark.parametrize(
    ("page", "link", "url"),
    [
        ("index.md", "ohm.md", "ohm/"),
        ("ohm.md", "index.md#home", "../#home"),
        ("terms/more.md", "../ohm.md#law", "../../ohm/#law"),
        ("terms/more.md", "index.md", "../"),
        ("ohm.md", "#law", "./#law"),
    ],
)
def test_a_view_names_a_page_as_markdown_does(pages, page, link, url):
    of, files, config = pages
    html = f'<td><a data-page="{link}">a</a></td><a href="ohm.md">b</a>'
    expected = f'<td><a href="{url}">a</a></td><a href="ohm.md">b</a>'
    assert link_pages(html, of[page], files, config) == expected


def test_mkdocs_checks_the_headings_and_knows_the_ids(pages):
    of, files, config = pages
    page = of["index.md"]
    page.present_anchor_ids = before = {"home"}
    html = '<tr id="volt"><td class="a" id="x&amp;y"><a data-page="ohm.md#law">law</a> id="none"</td></tr>'
    link_pages(html, page, files, config)
    assert page.links_to_anchors == {of["ohm.md"].file: {"law": "ohm.md#law"}}
    assert page.present_anchor_ids == {"home", "volt", "x&y"}
    assert before == {"home"}  # under `mkdocs serve` it is that of the page as it is kept


def test_a_page_that_does_not_exist_is_reported_as_the_configuration_says(pages, caplog):
    of, files, config = pages
    with caplog.at_level(logging.INFO):
        assert link_pages('<a data-page="omh.md#law">law</a>', of["ohm.md"], files, config) == "<a>law</a>"
        config.validation.links.not_found = logging.INFO
        link_pages('<a data-page="omh.md#law">law</a>', of["ohm.md"], files, config)
    message = "Doc file 'ohm.md' contains a link 'omh.md#law' in a view, but there is no such page."
    assert [(record.levelname, record.message) for record in caplog.records] == [
        ("WARNING", message),
        ("INFO", message),
    ]


def test_a_view_leads_to_the_page_of_the_language(site):
    site.replace("docs/examples/ohm.py", '<p class="reading">', '<p id="reading"><a data-page="index.md#ohm">?</a>')
    site.replace("mkdocs.yml", "strict: true", "strict: true\nvalidation: {links: {anchors: warn}}")
    site.everywhere("index.md", "ohm.md#measurement", "ohm.md#reading")
    build = site.build()
    assert build.returncode == 0, build.stderr
    for page in ("ohm/index.html", "es/ohm/index.html"):
        assert '<p id="reading"><a href="../#ohm">?</a>' in site.published(page)
    site.replace("docs/examples/ohm.py", "index.md#ohm", "index.md#volt")
    build = site.build()
    assert build.returncode != 0
    for language in ("en", "es"):
        assert f"'{language}/ohm.md' contains a link 'index.md#volt', but the doc" in build.stderr
