"""What every page's head needs beside Material's: our files, and links to the translations."""

import re
from collections.abc import Mapping
from html import escape
from pathlib import Path
from urllib.parse import urljoin

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.utils import get_relative_url

from .messages import message

TEMPLATES = Path(__file__).with_name("templates")
ASSETS = "assets/backprop"
STYLESHEETS = [f"{ASSETS}/{name}.css" for name in ("backprop", "content", "search")]
REFERENCE_STYLESHEET = f"{ASSETS}/reference.css"
SCRIPT = f"{ASSETS}/backprop.js"
FONT = f"{ASSETS}/stix-two-math.woff2"

_ALTERNATE = re.compile(r"[ \t]*<link rel=\"?alternate\"? href=[^>]*hreflang=[^>]*>\n?")


def configure(config: MkDocsConfig) -> None:
    """Put our templates and files before the theme's, and after those of the site's own `custom_dir`."""
    folder = str(TEMPLATES)
    if folder not in config.theme.dirs:
        config.theme.dirs.insert(1 if config.theme.custom_dir else 0, folder)
    config.extra_css[:0] = [sheet for sheet in STYLESHEETS if sheet not in config.extra_css]
    if SCRIPT not in map(str, config.extra_javascript):
        config.extra_javascript.insert(0, SCRIPT)


def name_colours(config: MkDocsConfig, language: str) -> None:
    """Say in the language of the build what each switch of the palette does: it brings the next of its colours."""
    palette = config.theme.get("palette")
    if not isinstance(palette, list):
        return
    for colours, following in zip(palette, [*palette[1:], *palette[:1]], strict=True):
        if "toggle" in colours:
            media = following.get("media", "")
            kind = "light" if "light" in media else "dark" if "dark" in media else "system"
            colours["toggle"]["name"] = message(f"colours_{kind}", language)


def link_translations(html: str, site_url: str | None, urls: Mapping[str, str], default: str) -> str:
    """Replace the theme's relative links to the translations by absolute ones, with `x-default`.

    `urls` are those of the page in each language, relative to the site. Without `site_url` there are no absolute
    addresses, and no links.
    """
    html = _ALTERNATE.sub("", html)
    if not site_url or len(urls) < 2:
        return html
    # The space in `rel`, which means nothing to a browser or a search engine, hides the links from Material's
    # script: it would ask for a sitemap under each of them, where there is none.
    links = [
        f'<link rel="alternate " hreflang="{code}" href="{escape(urljoin(site_url, url))}">'
        for code, url in (*urls.items(), ("x-default", urls[default]))
    ]
    return html.replace("</head>", "\n".join(links) + "\n</head>", 1)


def preload_font(html: str, url: str) -> str:
    """Ask early for the font of headings and formulas; `url` is that of the page, relative to the site."""
    link = f'<link rel="preload" href="{get_relative_url(FONT, url)}" as="font" type="font/woff2" crossorigin>'
    return html.replace("</title>", f"</title>\n{link}", 1)


def style_reference(html: str, url: str) -> str:
    """Bring the stylesheet of a reference where a page has entries of one."""
    if 'class="bp-entry"' not in html:
        return html
    link = f'<link rel="stylesheet" href="{get_relative_url(REFERENCE_STYLESHEET, url)}">'
    return html.replace("</head>", f"{link}\n</head>", 1)
