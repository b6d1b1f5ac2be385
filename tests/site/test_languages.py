"""Languages of a site and their pages."""

import pytest
from mkdocs.config import load_config
from mkdocs.exceptions import PluginError

from backprop.site.languages import is_nested, languages


def load(site):
    return load_config(str(site.root / "mkdocs.yml"))


def test_the_default_language_is_the_source(site):
    site.replace("mkdocs.yml", "name: English, default: true", "name: English")
    site.replace("mkdocs.yml", "name: Español", "name: Español, default: true")
    config = load(site)
    found = languages(config)
    assert found.codes == ("es", "en")
    assert found.source == "es"
    assert not is_nested(config)


def test_pages_of_all_languages_share_their_keys(site):
    pages = list(languages(load(site)).pages(site.root / "docs"))
    assert [(key, code) for _, key, code in pages] == [
        ("index.md", "en"),
        ("ohm.md", "en"),
        ("index.md", "es"),
        ("ohm.md", "es"),
    ]


def test_without_i18n_there_is_the_language_of_the_theme(site):
    site.write("mkdocs.yml", "site_name: One\ntheme: {name: material, language: ko}\nplugins: [backprop]\n")
    found = languages(load(site))
    assert (found.codes, found.folders) == (("ko",), False)


def test_other_structures_are_refused(site):
    site.replace("mkdocs.yml", "docs_structure: folder", "docs_structure: suffix")
    with pytest.raises(PluginError, match="docs_structure: folder"):
        languages(load(site))
