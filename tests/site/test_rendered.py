"""While an author watches, a page is converted again only if it may look different, and then always."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from mkdocs.commands.build import build
from mkdocs.config import load_config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import Abort

from backprop.site import rendered
from backprop.site.serving import Serving

ADDRESS = "http://127.0.0.1:8000/"


class Author:
    """Builds a site again and again, as `mkdocs serve` does, and notes which pages were converted."""

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.root = root
        self.converted: list[str] = []
        convert = rendered._convert
        monkeypatch.setattr(
            rendered,
            "_convert",
            lambda page, config, files: self.converted.append(page.file.src_uri) or convert(page, config, files),
        )
        self._config().plugins.on_startup(command="serve", dirty=False)

    def save(self) -> dict[str, str]:
        """Build again."""
        self.converted.clear()
        return self._build("watched")

    def anew(self) -> dict[str, str]:
        """What somebody gets who begins to watch now."""
        plugin = self._config().plugins["backprop"]
        kept = plugin._serving, plugin._layouts
        plugin._serving, plugin._layouts = Serving(), {}
        try:
            return self._build("anew")
        finally:
            plugin._serving, plugin._layouts = kept

    def _config(self) -> MkDocsConfig:
        """The configuration as it is now; MkDocs keeps the plugin from one to the next."""
        return load_config(str(self.root / "mkdocs.yml"), site_url=ADDRESS)

    def _build(self, folder: str) -> dict[str, str]:
        root = self.root / folder
        config = self._config()
        config.site_dir = str(root)
        build(config, serve_url=ADDRESS)
        return {str(path.relative_to(root)): path.read_text("utf-8") for path in root.rglob("*.html")}


@pytest.fixture
def author(site, monkeypatch: pytest.MonkeyPatch) -> Author:
    monkeypatch.chdir(site.root)
    site.replace("mkdocs.yml", "{examples: docs/examples}", "{examples: docs/examples, search: false}")
    site.write("docs/examples/shown.py", "# two\n")
    site.everywhere("index.md", "ohm.md#measurement).", 'ohm.md#measurement).\n\n```python\n--8<-- "shown.py"\n```')
    author = Author(site.root, monkeypatch)
    author.save()
    assert sorted(author.converted) == ["en/index.md", "en/ohm.md", "es/index.md", "es/ohm.md"]
    return author


OHM = ["en/ohm.md", "es/ohm.md"]
ALL = ["en/index.md", "en/ohm.md", "es/index.md", "es/ohm.md"]


def test_nothing_is_converted_where_nothing_changed(author: Author) -> None:
    for _ in range(2):
        assert author.save() == author.anew()
        assert author.save() == author.anew()


def edit(path: str, old: str, new: str) -> Callable[[Any], None]:
    return lambda site: site.replace(path, old, new)


CHANGES = {
    "prose": (edit("docs/en/ohm.md", "with {{ current }} A", "where {{ current }} A"), ["en/ohm.md"]),
    "a title": (edit("docs/es/ohm.md", "# Medición", "# La medición"), ["es/ohm.md"]),
    "code": (edit("docs/examples/ohm.py", "resistance = 0.25, 8.0", "resistance = 0.5, 8.0"), OHM),
    "a value, in code that shows the same": (
        edit("docs/examples/ohm.py", "    log.write", "    unused = 1; log.write"),
        OHM,
    ),
    "options of an extension": (edit("mkdocs.yml", "nav:", "markdown_extensions: [toc: {permalink: true}]\nnav:"), ALL),
    "formulas": (edit("docs/en/index.md", "$U = R", "$V = R"), []),
    "a file beside the pages": (lambda site: site.write("docs/assets/new.txt", "new"), ALL),
    "code that is only shown": (edit("docs/examples/shown.py", "two", "three"), ["en/index.md", "es/index.md"]),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_is_seen_everywhere(author, site, change: str) -> None:
    make, expected = CHANGES[change]
    make(site)
    site.stamp()
    seen = author.save()
    assert expected is None or sorted(author.converted) == expected
    assert seen == author.anew()


def test_a_page_with_a_warning_warns_in_every_build(author: Author, site) -> None:
    site.everywhere("index.md", "ohm.md#measurement", "missing.md")
    for _ in range(2):
        with pytest.raises(Abort, match="strict mode"):
            author.save()
        assert "en/index.md" in author.converted


def test_an_anchor_that_is_gone_is_missed_by_the_page_that_was_not_converted(author: Author, site, caplog) -> None:
    site.everywhere("ohm.md", "{ #twice }", "{ #double }")
    author.save()
    site.replace("mkdocs.yml", "nav:", "validation: {anchors: warn}\nnav:")
    site.everywhere("ohm.md", "{ #measurement }", "{ #measured }")
    with pytest.raises(Abort, match="strict mode"):
        author.save()
    assert "index.md" not in "".join(author.converted)
    assert "does not contain an anchor '#measurement'" in caplog.text


@pytest.mark.parametrize(
    ("option", "page"),
    [("markdown_extensions: [pymdownx.arithmatex]", ""), ("", '\n--8<-- "shown.py"\n')],
    ids=["an extension that is not known", "an include outside of code"],
)
def test_what_may_depend_on_anything_is_always_converted(author: Author, site, option: str, page: str) -> None:
    site.replace("mkdocs.yml", "nav:", f"{option}\nnav:")
    site.everywhere("ohm.md", "\n$$\nU", f"{page}\n$$\nU")
    for _ in range(2):
        assert author.save() == author.anew()
        assert {*OHM} <= {*author.converted}


def test_a_link_that_was_no_problem_is_one_when_the_rules_change(author: Author, site) -> None:
    site.replace("mkdocs.yml", "nav:", "validation: {links: {not_found: ignore}}\nnav:")
    site.everywhere("index.md", "ohm.md#measurement", "missing.md")
    author.save()
    site.replace("mkdocs.yml", "not_found: ignore", "not_found: warn")
    with pytest.raises(Abort, match="strict mode"):
        author.save()
