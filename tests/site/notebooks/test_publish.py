"""Under `mkdocs serve`, a notebook is made again only if something it was made of has changed."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from mkdocs.structure.files import Files

from backprop.site.languages import Languages
from backprop.site.notebooks import publish
from backprop.site.notebooks.notebook import notebook
from backprop.site.notebooks.wheel import Wheel
from backprop.site.preparation import Preparation, Sources
from backprop.site.weave import Prepared

TEXT = 'See [it](other.md).\n\n```python exec="on"\nx = 1\n```'


class Builds:
    """Builds a site of one page, and counts how often its notebook is made for that."""

    def __init__(self, folder: Path, prepared: Callable[[str], Prepared]) -> None:
        self.folder, self.prepared, self.made, self.kept = folder, prepared, 0, {}

    def make(self, *arguments):
        self.made += 1
        return notebook(*arguments)

    def build(self, text=TEXT, title="Page", printed=None, others=(), wheel=None):
        before = self.made
        page = self.prepared(text)
        if printed:
            page = replace(page, result=replace(page.result, outputs=[[{"text": printed}]]))
        sources = Sources(self.folder, self.folder, self.folder, self.folder, Languages(("en",), False), {})
        preparation = Preparation(sources, pages={(page.page.path, page.page.body): page})
        config = SimpleNamespace(site_url="https://example.org/", site_name="Site", site_dir=str(self.folder / "site"))
        files = Files([self.file(name) for name in ("page", *others)])
        shown = SimpleNamespace(file=files.get_file_from_path("page.md"), title=title, url="page/", markdown=text)
        html = publish.Notebooks(preparation, wheel, self.kept).publish("<h1>A</h1>", shown, page, files, config)
        assert 'href="../notebooks/en/page.ipynb"' in html
        assert (self.folder / "site/notebooks/en/page.ipynb").read_text() == self.kept["notebooks/en/page.ipynb"].text
        return self.made - before

    def file(self, name):
        path = str(self.folder / f"{name}.md")
        return SimpleNamespace(src_uri=f"{name}.md", url=f"{name}/", abs_src_path=path, dest_uri=f"{name}/index.html")


@pytest.fixture
def builds(tmp_path, monkeypatch, prepared):
    builds = Builds(tmp_path, prepared)
    monkeypatch.setattr(publish, "notebook", builds.make)
    return builds


@pytest.mark.parametrize(
    "change",
    [
        {"text": TEXT.replace("See", "Look at")},
        {"text": TEXT.replace("x = 1", "x = 2")},
        {"printed": "2\n"},
        {"title": "Another"},
        {"others": ["other"]},
        {"wheel": Wheel("a-1-py3-none-any.whl", b"", "")},
    ],
    ids=str,
)
def test_a_notebook_is_made_again_only_if_something_has_changed(builds, change):
    assert [builds.build(), builds.build(), builds.build(**change), builds.build(**change)] == [1, 0, 1, 0]


def test_a_change_of_an_example_is_seen_also_in_what_is_not_run(builds):
    text = TEXT + '\n\n```python\n--8<-- "a.py"\n```'
    example = builds.folder / "a.py"
    example.write_text("a = 1\n")
    assert [builds.build(text), builds.build(text)] == [1, 0]
    example.write_text("a = 2\n")
    assert builds.build(text) == 1
