"""Which languages a site has, and which file is a page of which language."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError


@dataclass(frozen=True)
class Languages:
    """The languages of a site, the source language first; `folders` tells whether each has a folder of its own."""

    codes: tuple[str, ...]
    folders: bool

    @property
    def source(self) -> str:
        """The language that the others are translated from: the default one."""
        return self.codes[0]

    def pages(self, docs: Path) -> Iterator[tuple[Path, str, str]]:
        """Every Markdown file with the key that its translations share, and its language."""
        for code in self.codes:
            folder = docs / code if self.folders else docs
            for path in sorted(folder.rglob("*.md")):
                yield path, path.relative_to(folder).as_posix(), code


def languages(config: MkDocsConfig) -> Languages:
    """The languages that the i18n plugin is configured with; without it, the one of the theme.

    Raises:
        PluginError: the i18n plugin keeps languages apart by suffix.

    """
    i18n = config.plugins.get("i18n")
    if i18n is None:
        return Languages((str(config.theme.get("language", "en")),), folders=False)
    if i18n.config["docs_structure"] != "folder":
        raise PluginError("backprop: the i18n plugin must be configured with `docs_structure: folder`")
    locales = [(not language.default, language.locale) for language in i18n.config["languages"] if language.build]
    return Languages(tuple(locale for _, locale in sorted(locales, key=lambda pair: pair[0])), folders=True)


def current_language(config: MkDocsConfig) -> str:
    """The language that is being built."""
    code = getattr(config.plugins.get("i18n"), "current_language", None)
    return str(code or languages(config).source)


def is_nested(config: MkDocsConfig) -> bool:
    """Whether this is one of the builds that the i18n plugin starts, for one more language, inside a build."""
    return bool(getattr(config.plugins.get("i18n"), "building", False))
