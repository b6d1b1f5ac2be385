"""The index of a site."""

import json

import pytest

from backprop.site import search
from backprop.site.messages import message
from backprop.site.search import SearchError, add_messages, index

PAGE = "<!doctype html><html lang='{0}'><body><nav>menu</nav><article><h1>{1}</h1><p>{1}</p></article></body></html>"


def test_pages_are_indexed_by_language(tmp_path):
    for language, text in {"en": "Gradients", "zh": "梯度"}.items():
        (tmp_path / language).mkdir()
        (tmp_path / language / "index.html").write_text(PAGE.format(language, text), encoding="utf-8")
    (tmp_path / "404.html").write_text(PAGE.format("ko", "404"))
    index(tmp_path)
    languages = json.loads((tmp_path / "pagefind/pagefind-entry.json").read_text())["languages"]
    assert {code: found["page_count"] for code, found in languages.items()} == {"en": 1, "zh": 1}
    assert (tmp_path / "pagefind/pagefind.js").exists()
    assert not list((tmp_path / "pagefind").glob("*ui*"))


def test_a_site_that_cannot_be_indexed_is_said_to_be(tmp_path):
    with pytest.raises(SearchError, match="pagefind ended with code"):
        index(tmp_path / "missing")


def test_without_pagefind_the_error_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setattr(search, "find_spec", lambda name: None)
    with pytest.raises(SearchError, match=r"install pagefind\[extended\], or set `search: false`"):
        index(tmp_path)


def test_the_words_of_the_script_cannot_end_it():
    html = add_messages("<head></head>", "ko")
    texts = json.loads(html.split('type="application/json">')[1].split("</script>")[0])
    assert texts["search_some"] == message("search_some", "ko")
    assert "{count}" in texts["search_some"]
