"""What holds of every chart, and what its parts are."""

import re
import xml.etree.ElementTree as ET

from backprop.explain.table import display_width

SVG = "{http://www.w3.org/2000/svg}"


def parts(svg: str, name: str) -> list[ET.Element]:
    """The elements of a class."""
    return [e for e in ET.fromstring(svg).iter() if name in e.get("class", "").split()]


def described(svg: str) -> str:
    """What a screen reader says of a chart."""
    return ET.fromstring(svg).findtext(f"{SVG}desc", "")


def assert_read_aloud(svg: str, language: str, title: str) -> None:
    """A chart is one image, with its language, its title and a description; nothing has an id."""
    root = ET.fromstring(svg)
    assert root.get("role") == "img"
    assert root.get("lang") == language
    assert root.findtext(f"{SVG}title") == root.get("aria-label") == title
    assert described(svg)
    assert not [e for e in root.iter() if e.get("id")]


def assert_same_numbers(texts: list[str]) -> None:
    """Aligned tables, of which only the words differ."""
    assert len({tuple(re.findall(r"\d\S*", text.split("─\n", 2)[2])) for text in texts}) == 1
    assert len(set(texts)) == len(texts)
    assert all(len({display_width(line) for line in text.splitlines()[1:]}) == 1 for text in texts)
