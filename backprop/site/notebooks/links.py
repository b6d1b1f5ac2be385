"""Where a notebook lies, and what a link of its page leads to from there."""

import posixpath
import re
from collections.abc import Callable
from urllib.parse import quote, urljoin

from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page
from mkdocs.utils import get_relative_url

from ..links import linked_file

FOLDER = "notebooks"
"""Of the site, for the notebooks, one folder a language, and for the wheel beside them."""

_OWN_ID = re.compile(r"\{[^{}\n]*#([\w:-]+)[^{}\n]*\}")
_ELSEWHERE = re.compile(r"^(?:[a-z][a-z0-9+.-]*:|//|/|#|$)", re.IGNORECASE)


def notebook_path(key: str, language: str) -> str:
    """The path in the site of the notebook of a page; `key` is the path of the page in the folder of its language."""
    return f"{FOLDER}/{language}/{key.removesuffix('.md')}.ipynb"


class Links:
    """Resolves the links of one page.

    With an address of the site, they are absolute. Without one, a link to a page that has a notebook leads to that
    notebook, and every other one to the file in the site. So does a link to a part of this page that only the page has,
    such as a row of a view.

    Args:
        page: the page.
        files: those of the site, in the language of the page.
        site_url: where the site is published; empty if it is not.
        place: the path of the page's notebook in the site.
        notebook_of: the path of the notebook of another page; None if it has none.

    """

    def __init__(
        self, page: Page, files: Files, site_url: str, place: str, notebook_of: Callable[[File], str | None]
    ) -> None:
        self._page, self._files, self._site_url, self._place = page, files, site_url, place
        self._notebook_of = notebook_of
        self._own = set(_OWN_ID.findall(page.markdown or ""))
        self.resolved: dict[str, str] = {}

    @property
    def address(self) -> str | None:
        """The address of the page itself."""
        return urljoin(self._site_url, self._page.file.url) if self._site_url else None

    def resolve(self, target: str) -> str:
        """The target of a link, as written on the page, for the notebook; `resolved` remembers it."""
        if target not in self.resolved:
            self.resolved[target] = self._resolve(target)
        return self.resolved[target]

    def _resolve(self, target: str) -> str:
        if target.startswith("#") and target[1:] not in self._own:
            return self._in_site(self._page.file) + target
        if _ELSEWHERE.match(target):
            return target
        path, mark, fragment = target.partition("#")
        file = linked_file(path, self._page, self._files)
        if file is None:
            return urljoin(self.address, target) if self.address else target
        notebook = None if self._site_url else self._notebook_of(file)
        if notebook is not None:
            return quote(posixpath.relpath(notebook, posixpath.dirname(self._place)))
        return self._in_site(file) + mark + fragment

    def _in_site(self, file: File) -> str:
        if self._site_url:
            return urljoin(self._site_url, file.url)
        return quote(posixpath.relpath(file.dest_uri, posixpath.dirname(self._place)))


def relative_url(path: str, page: Page) -> str:
    """The address of a file of the site, as seen from a page."""
    return get_relative_url(quote(path), page.url)
