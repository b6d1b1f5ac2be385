"""Search in the reader's language, without a server: an index made by Pagefind, asked by our script.

Pagefind keeps an index for every `<html lang>`, with stemming where the language has it and word segmentation for
Chinese. Only articles are indexed, without figures.
"""

import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from .messages import message

FOLDER = "pagefind"
_UNUSED = ("pagefind-*ui.*", "pagefind-highlight.js")  # ready-made pages and widgets, in place of which we have ours
_MESSAGES = ("search", "search_close", "search_none", "search_some")


class SearchError(Exception):
    """The index could not be made."""


def index(site: Path) -> None:
    """Index a site that has just been built.

    Raises:
        SearchError: Pagefind is not installed, or reports an error.

    """
    done = start_index(site)
    _, errors = done.communicate()
    if done.returncode:
        raise SearchError(f"pagefind ended with code {done.returncode}: {errors.strip()}")
    for pattern in _UNUSED:
        for path in (site / FOLDER).glob(pattern):
            path.unlink()


def start_index(site: Path) -> "subprocess.Popen[str]":
    """Begin to index a site, and do not wait.

    Raises:
        SearchError: Pagefind is not installed.

    """
    if find_spec("pagefind") is None:
        raise SearchError("search needs pagefind: install pagefind[extended], or set `search: false` for this plugin")
    options = ["--root-selector", "article", "--exclude-selectors", "svg, .headerlink", "--glob", "**/index.html"]
    command = [sys.executable, "-m", "pagefind", "--silent", "--site", str(site), "--output-subdir", FOLDER, *options]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, encoding="utf-8")


def add_messages(html: str, language: str) -> str:
    """Give the script of a page its words; without them it offers no search."""
    texts = json.dumps({key: message(key, language) for key in _MESSAGES}, ensure_ascii=False).replace("<", "\\u003c")
    return html.replace("</head>", f'<script id="__backprop" type="application/json">{texts}</script>\n</head>', 1)
