"""The commands as an author runs them, on a site with an `mkdocs.yml` of its own."""

import pytest

from backprop.site.commands import main

CONFIG = """\
site_name: Two languages
theme:
  name: material
plugins:
  - i18n:
      docs_structure: folder
      languages:
        - {locale: es, name: Español}
        - {locale: en, name: English, default: true}
"""
SOURCE = "---\ntitle: One\n---\n\n# One { #one }\n\nThe value is 4.\n"
TRANSLATION = "---\ntitle: Uno\n---\n\n# Uno { #one }\n\nEl valor es 4.\n"


@pytest.fixture
def docs(tmp_path, monkeypatch):
    """The pages `one.md` and `two.md` in both languages, the translations not stamped."""
    (tmp_path / "mkdocs.yml").write_text(CONFIG, encoding="utf-8")
    for language, text in (("en", SOURCE), ("es", TRANSLATION)):
        for name in ("one.md", "two.md"):
            page = tmp_path / "docs" / language / name
            page.parent.mkdir(parents=True, exist_ok=True)
            page.write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path / "docs"


def test_stamping_makes_the_check_pass(docs, capsys):
    assert main(["check"]) == 1
    assert "docs/es/one.md:1: [freshness/unstamped]" in capsys.readouterr().err
    assert main(["stamp", "docs/es/one.md", "docs/es/two.md"]) == 0
    assert capsys.readouterr().out == "docs/es/one.md: stamped meta, one\ndocs/es/two.md: stamped meta, one\n"
    assert main(["check"]) == 0
    assert main(["stamp", "--all"]) == 0
    assert capsys.readouterr().out == "docs/es/one.md: up to date\ndocs/es/two.md: up to date\n"


def test_a_page_that_differs_is_not_stamped_and_the_others_are(docs, capsys):
    one = docs / "es" / "one.md"
    one.write_text(TRANSLATION.replace("4", "5"), encoding="utf-8")
    before = one.read_bytes()
    assert main(["stamp", "--all"]) == 1
    output = capsys.readouterr()
    assert "docs/es/one.md is not stamped: it differs from docs/en/one.md" in output.err
    assert "docs/es/one.md:7: [parity/number] section #one: found 5, expected 4 (docs/en/one.md:7)" in output.err
    assert output.out == "docs/es/two.md: stamped meta, one\n"
    assert one.read_bytes() == before


@pytest.mark.parametrize(
    ("page", "message"),
    [
        ("docs/en/one.md", "docs/en/one.md is a source page"),
        ("docs/es/three.md", "docs/es/three.md does not exist"),
        ("docs/es", "docs/es is not a page: expected docs/LANGUAGE/PAGE.md"),
        ("mkdocs.yml", "mkdocs.yml is not a page"),
    ],
)
def test_what_cannot_be_stamped(docs, capsys, page, message):
    before = (docs / "es" / "two.md").read_bytes()
    assert main(["stamp", "docs/es/two.md", page]) == 2
    assert message in capsys.readouterr().err
    assert (docs / "es" / "two.md").read_bytes() == before


def test_a_translation_without_a_source_page(docs, capsys):
    (docs / "en" / "two.md").unlink()
    assert main(["stamp", "docs/es/two.md"]) == 2
    assert "docs/en/two.md does not exist" in capsys.readouterr().err
    assert main(["stamp", "--all"]) == 0


def test_a_site_without_a_configuration(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["check"]) == 2
    assert "mkdocs.yml" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [[], ["stamp"], ["stamp", "--all", "docs/es/one.md"], ["other"]])
def test_wrong_usage(docs, arguments):
    with pytest.raises(SystemExit) as exit_:
        main(arguments)
    assert exit_.value.code == 2
