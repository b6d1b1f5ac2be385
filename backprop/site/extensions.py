"""The Markdown extensions that a page's code and results need, configured by the plugin."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from markdown_exec import base_format, validator
from mkdocs.config.defaults import MkDocsConfig

NEEDED = (
    "attr_list",
    "admonition",
    "tables",
    "pymdownx.highlight",
    "pymdownx.snippets",
    "pymdownx.superfences",
    "pymdownx.tabbed",
)


def configure(config: MkDocsConfig, examples: Path, results: Callable[[int], str]) -> None:
    """Add the extensions that are missing, the folder of the examples, and the fence of executed Python.

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
    config.mdx_configs.setdefault("pymdownx.tabbed", {}).setdefault("alternate_style", True)
    superfences = config.mdx_configs.setdefault("pymdownx.superfences", {})
    others = [fence for fence in superfences.get("custom_fences", []) if fence["name"] != "python"]
    superfences["custom_fences"] = [*others, _fence(results)]


def _fence(results: Callable[[int], str]) -> dict[str, Any]:
    """The fence of markdown-exec, which lays out source and results, with a `run` of our own.

    Its own would run the code again in every language, in sessions shared by all pages, and only warn of errors.
    """

    def run(code: str, *, id: str, **_: Any) -> str:  # noqa: A002, ARG001 (markdown-exec's names)
        return results(int(id))

    def render(source: str, language: str, css_class: str, options: dict[str, Any], md: Any, **_: Any) -> str:  # noqa: ARG001
        return base_format(language="python", run=run, code=source, md=md, **{**options, "update_toc": False})

    return {"name": "python", "class": "python", "validator": validator, "format": render}
