"""Two things that MkDocs and Material do again for every language, done once."""

import os
from collections.abc import Iterator
from pathlib import Path

from jinja2 import Environment, FileSystemBytecodeCache, FileSystemLoader
from jinja2.bccache import Bucket
from mkdocs.config.defaults import MkDocsConfig


class _Loader(FileSystemLoader):
    """Lists templates without walking into hidden folders: Material's has more than ten thousand icons."""

    def list_templates(self) -> list[str]:
        return sorted({name for place in self.searchpath for name in _visible(Path(place))})


def _visible(folder: Path) -> Iterator[str]:
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            yield Path(place, name).relative_to(folder).as_posix()


class _BytecodeCache(FileSystemBytecodeCache):
    """Compiled templates on disk; a damaged file counts as missing."""

    def load_bytecode(self, bucket: Bucket) -> None:
        try:
            super().load_bytecode(bucket)
        except Exception:  # whatever damaged bytes raise: the template is compiled again
            bucket.reset()


def skip_icons(config: MkDocsConfig) -> None:
    """Give the theme's environment a loader that does not list hidden folders (MkDocs publishes none of them)."""
    theme = config.theme
    original = type(theme).get_env

    def get_env() -> Environment:
        env = original(theme)
        env.loader = _Loader(theme.dirs)
        return env

    theme.get_env = get_env  # type: ignore[method-assign]


def keep_templates(env: Environment, folder: Path) -> None:
    """Keep compiled templates in a folder, for the other languages and for the next build."""
    folder.mkdir(parents=True, exist_ok=True)
    env.bytecode_cache = _BytecodeCache(str(folder), "%s.jinja")
