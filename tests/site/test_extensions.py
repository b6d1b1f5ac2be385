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
        configure(config, site.root / "docs/examples", str)
    assert set(NEEDED) <= set(config.markdown_extensions)
    assert len(set(config.markdown_extensions)) == len(config.markdown_extensions)
    assert config.mdx_configs["pymdownx.snippets"]["base_path"] == [str(site.root / "docs/examples"), "parts"]
    fences = config.mdx_configs["pymdownx.superfences"]["custom_fences"]
    assert [fence["name"] for fence in fences] == ["other", "python"]


@pytest.mark.parametrize("location", ["above", "below", "tabbed-left", ""])
def test_source_and_results_stand_where_the_page_asks(site, location):
    config = load_config(str(site.root / "mkdocs.yml"))
    configure(config, site.root / "docs/examples", lambda number: f"<p>result {number}</p>")
    markdown = Markdown(extensions=config.markdown_extensions, extension_configs=config.mdx_configs)
    html = markdown.convert(PAGE.format(location=location))
    assert html.count("<p>result 3</p>") == 1
    assert "plain" in html
    assert ("tabbed-set" in html) == (location == "tabbed-left")
    if location:
        assert (html.index("result") < html.index('class="n">x')) == (location == "below")
    else:
        assert 'class="n">x' not in html
