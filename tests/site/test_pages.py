"""Figures, banners and messages of a page."""

import tomllib
from pathlib import Path

import pytest

from backprop.site import messages
from backprop.site.checks.findings import Finding
from backprop.site.messages import message
from backprop.site.pages import messages_of, number_figures, stale_banner


def test_figures_are_numbered_in_the_language_of_the_page():
    html = "<figure><svg></svg><figcaption>A graph.</figcaption></figure><p></p>"
    html += "<figure id='g' class='c'><svg></svg></figure>"
    assert number_figures(html, "zh") == (
        '<figure id="figure-1"><svg></svg><figcaption><span class="bp-figure-number">图 1</span> A graph.</figcaption>'
        "</figure><p></p><figure id='g' class='c'><svg></svg>"
        '<figcaption><span class="bp-figure-number">图 2</span></figcaption></figure>'
    )


def test_only_a_translation_behind_its_source_has_a_banner():
    assert stale_banner([], "es") == ""
    banner = stale_banner([Finding(Path("a.md"), 1, "freshness/changed", "section <b>")], "es")
    assert "La página de origen ha cambiado" in banner
    assert "section &lt;b&gt;" in banner


def test_the_first_language_is_at_the_root():
    assert [item["url"] for item in messages_of(["en", "ko"])] == ["./", "ko/"]


def test_every_message_exists_in_every_language():
    texts = tomllib.loads(Path(messages.__file__).with_name("messages.toml").read_text(encoding="utf-8"))
    for key, languages in texts.items():
        assert list(languages) == ["en", "es", "zh", "ko", "pt"], key


@pytest.mark.parametrize(("language", "expected"), [("ko", "그림 3"), ("tlh", "Figure 3")])
def test_a_language_without_messages_speaks_english(language, expected):
    assert message("figure", language, number=3) == expected
