"""Findings of everything that can go wrong, gathered before anything is published."""

from pathlib import Path

import pytest

from backprop.site.languages import Languages
from backprop.site.preparation import Preparation, Sources, is_stale


@pytest.fixture
def prepare(site):
    def prepare(**options) -> Preparation:
        root: Path = site.root
        languages = Languages(("en", "es"), folders=True)
        sources = Sources(root, root / "docs", root / "docs/examples", root / ".cache", languages, {}, **options)
        return Preparation.of_site(sources)

    return prepare


def test_a_good_site_has_no_findings(prepare, site):
    preparation = prepare()
    assert preparation.findings == []
    assert preparation.failure is None
    assert len(preparation.pages) == 4
    assert site.runs == 1


def test_lines_count_the_front_matter(prepare, site):
    lesson = site.root / "docs/en/ohm.md"
    lesson.write_text("---\ntitle: Ohm\n---\n\n" + lesson.read_text().replace("{{ voltage }}$", "{{ volts }}$"))
    (finding,) = (f for f in prepare().findings if f.rule == "expression")
    assert finding.line == site.line_of("docs/en/ohm.md", "volts")


def test_stale_translations_are_told_from_other_findings(prepare, site):
    site.replace("docs/en/index.md", "The voltage", "The electric voltage")
    preparation = prepare()
    assert [is_stale(finding) for finding in preparation.findings] == [True]
    assert preparation.stale(site.root / "docs/es/index.md") == preparation.findings
    assert preparation.stale(site.root / "docs/en/index.md") == []


def test_a_page_made_by_another_plugin_is_run_too(prepare, site):
    preparation = prepare()
    prepared = preparation.of_text(site.root / "docs/en/made.md", "en", "{{ 6 * 7 }}")
    assert prepared.fill(prepared.page.scan.text) == "42"


def test_nothing_is_run_on_request(prepare, site):
    assert prepare(run=False).findings == []
    assert site.runs == 0
