"""The plugin adds what is missing to the site's own Markdown extensions, as often as it is asked."""

import pytest
from markdown import Markdown
from mkdocs.config import load_config

from backprop.site.extensions import NEEDED, configure

PAGE = """
```python exec="on" html="on" id="3" source="{location}"
x = 1
```

```python
plain = 2
```
"""


def test_the_site_keeps_its_own_configuration(site):
    site.replace(
        "mkdocs.yml",
        "nav:",
        """markdown_extensions:
  - pymdownx.snippets: {base_path: [parts]}
  - pymdownx.superfences:
      custom_fences: [{name: other, class: other, format: !!python/name:pymdownx.superfences.fence_div_format }]
nav:""",
    )
    config = load_config(str(site.root / "mkdocs.yml"))
    for _ in range(2):
        configure(config, site.root / "docs/examples", str, {})
    assert set(NEEDED) <= set(config.markdown_extensions)
    assert len(set(config.markdown_extensions)) == len(config.markdown_extensions)
    assert config.mdx_configs["pymdownx.snippets"]["base_path"] == [str(site.root / "docs/examples"), "parts"]
    fences = config.mdx_configs["pymdownx.superfences"]["custom_fences"]
    assert [fence["name"] for fence in fences] == ["other", "reference", "python"]


@pytest.mark.parametrize("location", ["above", "below", "tabbed-left", ""])
def test_source_and_results_stand_where_the_page_asks(site, location):
    config = load_config(str(site.root / "mkdocs.yml"))
    configure(config, site.root / "docs/examples", lambda number: f"<p>result {number}</p>", {})
    markdown = Markdown(extensions=config.markdown_extensions, extension_configs=config.mdx_configs)
    html = markdown.convert(PAGE.format(location=location))
    assert html.count("<p>result 3</p>") == 1
    assert "plain" in html
    assert ("tabbed-set" in html) == (location == "tabbed-left")
    if location:
        assert (html.index("result") < html.index('class="n">x')) == (location == "below")
    else:
        assert 'class="n">x' not in html


@pytest.mark.parametrize("location", ["above", "below", ""])
def test_a_layout_is_made_once_and_is_the_same_as_one_made_anew(site, location):
    config = load_config(str(site.root / "mkdocs.yml"))
    layouts, page = {}, PAGE.format(location=location)

    def convert(text, result, kept):
        configure(config, site.root / "docs/examples", lambda number: f"<p>{result} {number}</p>", kept)
        return Markdown(extensions=config.markdown_extensions, extension_configs=config.mdx_configs).convert(text)

    assert convert(page, "one", layouts) == convert(page, "one", {})
    known = dict(layouts)
    assert len(known) == 1
    other = page.replace('id="3"', 'id="4"')
    assert convert(other, "two", layouts) == convert(other, "two", {})
    assert layouts == known
    changed = page.replace("x = 1", "x = 2")
    assert convert(changed, "one", layouts) == convert(changed, "one", {})
    for extension, option in (("pymdownx.highlight", {"linenums": True}), ("pymdownx.superfences", {"css_class": "a"})):
        config.mdx_configs.setdefault(extension, {}).update(option)
        assert convert(page, "one", layouts) == convert(page, "one", {})


def test_a_layout_of_tabs_is_not_kept_for_tabs_are_numbered(site):
    config, layouts = load_config(str(site.root / "mkdocs.yml")), {}
    configure(config, site.root / "docs/examples", str, layouts)
    markdown = Markdown(extensions=config.markdown_extensions, extension_configs=config.mdx_configs)
    assert "tabbed-set" in markdown.convert(PAGE.format(location="tabbed-left"))
    assert layouts == {}
