"""The reference as it is published: the same anchors in every language, and links that lead somewhere."""

import re
from functools import cache
from html import unescape
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest

FOLDERS = {"en": "", "es": "es/", "zh": "zh/", "ko": "ko/", "pt": "pt/"}
NAMES = sorted(path.stem for path in (Path(__file__).parents[2] / "docs/en/reference").glob("*.md"))
_ENTRY = re.compile(
    r'<section class="bp-(?:entry|member)"[^>]*><h(\d) id="([^"]+)"[^>]*>.*?</h\1>(.*?)(?=<section|</section>)',
    re.DOTALL,
)


def address(folder: str, name: str) -> str:
    return f"{folder}reference/" if name == "index" else f"{folder}reference/{name}/"


@cache
def article(path: Path) -> str:
    html = path.read_text("utf-8")
    return html[html.index("<article") : html.index("</article>")]


@pytest.mark.parametrize("name", NAMES)
def test_anchors_are_the_same_in_every_language(tutorial: Path, name: str) -> None:
    pages = {code: article(tutorial / address(folder, name) / "index.html") for code, folder in FOLDERS.items()}
    anchors = {code: re.findall(r'\bid="([^"]+)"', page) for code, page in pages.items()}
    assert all(found == anchors["en"] for found in anchors.values())
    assert len(set(anchors["en"])) == len(anchors["en"])
    assert any(anchor.startswith("backprop.") for anchor in anchors["en"]) or name == "index"


@pytest.mark.parametrize("name", [name for name in NAMES if name != "index"])
def test_every_entry_says_something(tutorial: Path, name: str) -> None:
    for folder in FOLDERS.values():
        page = article(tutorial / address(folder, name) / "index.html")
        assert "name:backprop" not in page
        assert "```" not in page
        found = _ENTRY.findall(page)
        assert len(found) == page.count('class="bp-entry"') + page.count('class="bp-member"')
        for _, anchor, body in found:
            assert re.search(r"<p[^>]*>\S", body), anchor


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("folder", FOLDERS.values(), ids=FOLDERS)
def test_links_lead_somewhere(tutorial: Path, name: str, folder: str) -> None:
    here = f"https://site/{address(folder, name)}"
    links = re.findall(r'href="([^"]+)"', article(tutorial / urlsplit(here).path[1:] / "index.html"))
    assert links
    for link in links:
        target = urlsplit(urljoin(here, unescape(link)))
        if target.netloc != "site":
            continue
        page = tutorial / target.path[1:] / "index.html"
        assert page.is_file(), link
        assert not target.fragment or f'id="{target.fragment}"' in article(page), link
