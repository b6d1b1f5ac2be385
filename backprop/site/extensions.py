"""The Markdown extensions that a page's code and results need, configured by the plugin."""

from collections.abc import Callable, MutableMapping
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig

from .scan import RESULTS

NEEDED = ("attr_list", "admonition", "tables", "pymdownx.highlight", "pymdownx.snippets", "pymdownx.superfences")


def configure(config: MkDocsConfig, examples: Path, results: Callable[[int], str]) -> None:
    """Add the extensions that are missing, the folder of the examples, and the fence that stands for results.

    `results` gives the HTML of the block of that number of the page being rendered.
    """
    for name in NEEDED:
        if name not in config.markdown_extensions:
            config.markdown_extensions.append(name)
    snippets = config.mdx_configs.setdefault("pymdownx.snippets", {})
    bases = snippets.get("base_path", [])
    bases = [bases] if isinstance(bases, str) else list(bases)
    snippets["base_path"] = [str(examples), *(base for base in bases if base != str(examples))]
    snippets.update(check_paths=True, dedent_subsections=True)
    superfences = config.mdx_configs.setdefault("pymdownx.superfences", {})
    others = [fence for fence in superfences.get("custom_fences", []) if fence["name"] != RESULTS]
    superfences["custom_fences"] = [*others, _fence(results)]


def _fence(results: Callable[[int], str]) -> dict[str, Any]:
    def validate(
        language: str,  # noqa: ARG001
        inputs: MutableMapping[str, str],
        options: MutableMapping[str, Any],
        attrs: MutableMapping[str, Any],  # noqa: ARG001
        md: Any,  # noqa: ARG001
    ) -> bool:
        options["number"] = int(inputs["number"])
        return True

    def render(source: str, language: str, css_class: str, options: dict[str, Any], md: Any, **_: Any) -> str:  # noqa: ARG001
        return results(options["number"])

    return {"name": RESULTS, "class": RESULTS, "validator": validate, "format": render}
