"""The plugin adds what is missing to the site's own Markdown extensions, as often as it is asked."""

from mkdocs.config import load_config

from backprop.site.extensions import NEEDED, configure


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
    assert [fence["name"] for fence in fences] == ["other", "backprop-results"]
