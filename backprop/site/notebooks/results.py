"""What a block printed and showed, as a notebook keeps it.

Jupyter takes SVG, MathML and styles out of the results of a notebook that it did not run itself, and shows the letters
that are left. So a stored result says the same as one that the cell gives when it is run, in forms that stay: figures
are images, formulas are LaTeX, and those in tables are text.
"""

import re
from base64 import b64encode
from collections.abc import Iterable
from html import escape, unescape
from typing import Any

from ...explain.display import in_notebook

_SVG = re.compile(r"<svg\b(?P<attributes>[^>]*)>.*?</svg>", re.DOTALL)
_ATTRIBUTE = re.compile(r'([\w-]+)="([^"]*)"')


def outputs(items: Iterable[dict[str, Any]], language: str) -> list[dict[str, Any]]:
    """The outputs of a code cell, with views in the language of the page."""
    return [_output(item, language) for item in items]


def _output(item: dict[str, Any], language: str) -> dict[str, Any]:
    if "html" not in item:
        return {"output_type": "stream", "name": "stdout", "text": item["text"]}
    data = {"text/plain": item["plain"][language]}
    if "latex" in item:
        data["text/latex"] = f"$\\displaystyle {item['latex'][language]}$"
    else:
        html = item.get("without_mathml", item["html"])[language]
        data["text/html"] = in_notebook(_SVG.sub(_image, html), language)
    return {"output_type": "display_data", "data": data, "metadata": {}}


def _image(match: "re.Match[str]") -> str:
    """An SVG element as an image of its own, which says the same to a screen reader."""
    attributes = {name: unescape(value) for name, value in _ATTRIBUTE.findall(match["attributes"])}
    title = re.search(r"<title[^>]*>(.*?)</title>", match[0], re.DOTALL)
    said = attributes.get("aria-label") or (unescape(title[1]) if title else "")
    size = "".join(f' {name}="{attributes[name]}"' for name in ("width", "height") if name in attributes)
    source = b64encode(match[0].encode()).decode()
    return f'<img alt="{escape(said)}"{size} style="max-width:100%" src="data:image/svg+xml;base64,{source}">'
