"""Links in the head of a page."""

from types import SimpleNamespace

from backprop.site.head import FONT, link_translations, name_colours, preload_font

HTML = '<head><title>T</title>\n<link rel="alternate" href="../es/" hreflang="es">\n</head>'
URLS = {"en": "a/", "es": "es/a/"}


def test_links_to_translations_are_absolute():
    html = link_translations(HTML, "https://example.org/t/", URLS, "en")
    assert '<link rel="alternate " hreflang="es" href="https://example.org/t/es/a/">' in html
    assert '<link rel="alternate " hreflang="x-default" href="https://example.org/t/a/">' in html
    assert '"../es/"' not in html


def test_without_an_address_or_translations_there_are_none():
    assert "alternate" not in link_translations(HTML, None, URLS, "en")
    assert "alternate" not in link_translations(HTML, "https://example.org/", {"en": "a/"}, "en")


def test_the_feed_of_a_blog_stays():
    feed = '<link rel="alternate" type="application/rss+xml" href="feed.xml">'
    assert feed in link_translations(HTML + feed, None, {}, "en")


def test_the_font_is_found_from_any_page():
    assert f'href="../../{FONT}"' in preload_font(HTML, "es/a/")
    assert f'href="{FONT}"' in preload_font(HTML, "")


def test_the_switches_of_the_palette_say_what_comes_next():
    palette = [
        {"media": "(prefers-color-scheme: light)", "toggle": {"icon": "moon"}},
        {"media": "(prefers-color-scheme: dark)", "toggle": {"icon": "sun"}},
    ]
    name_colours(SimpleNamespace(theme={"palette": palette}), "es")
    assert [colours["toggle"]["name"] for colours in palette] == [
        "Cambiar a colores oscuros",
        "Cambiar a colores claros",
    ]
    name_colours(SimpleNamespace(theme={"palette": {"scheme": "default"}}), "es")
