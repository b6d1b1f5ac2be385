"""The Markdown extensions that a page's code and results need, configured by the plugin."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

from markdown_exec import base_format, validator
from markupsafe import Markup
from mkdocs.config.defaults import MkDocsConfig

from .reference.listing import LANGUAGE as REFERENCE
from .reference.site import fence as reference_fence

NEEDED = (
    "attr_list",
    "admonition",
    "tables",
    "pymdownx.highlight",
    "pymdownx.snippets",
    "pymdownx.superfences",
    "pymdownx.tabbed",
    "backprop.site.typography",
)


OUR_FENCES = {"python", REFERENCE}
_RESULTS = "\ue004"
"""Where the results of a block go in its layout."""

Layouts: TypeAlias = dict[str, str]
"""HTML of fences without their results, by everything that it depends on."""


def configure(config: MkDocsConfig, examples: Path, results: Callable[[int], str], layouts: Layouts) -> None:
    """Add the extensions that are missing, the folder of the examples, and the fences of Python and of the reference.

    Args:
        config: the configuration to change.
        examples: folder of the files that pages include.
        results: gives the HTML of the block of that number of the page being rendered.
        layouts: of fences, kept from one language and one build to the next.

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
    others = [fence for fence in superfences.get("custom_fences", []) if fence["name"] not in OUR_FENCES]
    superfences["custom_fences"] = [*others, reference_fence(), _fence(results, layouts, settings(config))]


def settings(config: MkDocsConfig) -> str:
    """The extensions and their options, but for custom fences, which are functions."""
    superfences = config.mdx_configs.get("pymdownx.superfences", {})
    plain = {name: option for name, option in superfences.items() if name != "custom_fences"}
    return repr((config.markdown_extensions, config.mdx_configs | {"pymdownx.superfences": plain}))


def _fence(results: Callable[[int], str], layouts: Layouts, settings: str) -> dict[str, Any]:
    """The fence of markdown-exec, which lays out source and results, with a `run` of our own.

    Its own would run the code again in every language, in sessions shared by all pages, and only warn of errors.
    A layout is made once for all languages and builds, with a mark where the results go: it takes a Markdown
    instance and a highlighter of its own. That of tabs is not kept, since tabs are numbered through the page.
    """

    def run(code: str, *, id: str, **_: Any) -> str:  # noqa: A002, ARG001 (markdown-exec's names)
        return _RESULTS

    def lay_out(source: str, options: dict[str, Any], md: Any) -> str:
        return str(base_format(language="python", run=run, code=source, md=md, **{**options, "update_toc": False}))

    def render(source: str, language: str, css_class: str, options: dict[str, Any], md: Any, **_: Any) -> Markup:  # noqa: ARG001
        kept = {name: value for name, value in options.items() if name != "id"}
        key = repr((settings, source, sorted(kept.items())))
        layout = layouts.get(key) or lay_out(source, options, md)
        if not str(kept.get("source", "")).startswith("tabbed"):
            layouts[key] = layout
        return Markup(layout.replace(_RESULTS, results(int(options["id"]))))

    return {"name": "python", "class": "python", "validator": validator, "format": render}
