"""Links that MkDocs does not see, because they come with a view, after Markdown.

A view names a page as Markdown would, `<a data-page="chain-rule.md#rule">`: on the site this is a link to that page in
the language of the reader, elsewhere plain text.
"""

import logging
import posixpath
import re
from html import unescape

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

log = logging.getLogger("mkdocs.plugins.backprop")

_LINK = re.compile(r'<a data-page="(?P<link>(?P<path>[^"#]*)(?P<anchor>#[^"]*)?)"')
_ID = re.compile(r'<[a-z][^<>]*\sid="([^"]+)"')


def link_pages(html: str, page: Page, files: Files, config: MkDocsConfig) -> str:
    """HTML in which the links of views lead to their pages.

    MkDocs is told of the headings they lead to, and of the ids on this page, for its own check of all links. A page
    that does not exist is reported at the level at which MkDocs reports it.
    """
    page.present_anchor_ids = (page.present_anchor_ids or set()) | set(map(unescape, _ID.findall(html)))

    def linked(match: re.Match[str]) -> str:
        target = linked_file(unescape(match["path"]), page, files)
        if target is None:
            level = config.validation.links.not_found
            place = f"Doc file '{page.file.src_uri}' contains a link '{match['link']}'"
            log.log(level, f"{place} in a view, but there is no such page.")
            return "<a"
        anchor = match["anchor"] or ""
        if anchor and page.links_to_anchors is not None:
            page.links_to_anchors.setdefault(target, {}).setdefault(unescape(anchor[1:]), match["link"])
        return f'<a href="{target.url_relative_to(page.file)}{anchor}"'

    return _LINK.sub(linked, html)


def linked_file(path: str, page: Page, files: Files) -> File | None:
    """The file that a link of a page means by a path relative to it, as in Markdown; the page itself if it is empty."""
    if not path:
        return page.file
    return files.get_file_from_path(posixpath.normpath(posixpath.join(posixpath.dirname(page.file.src_uri), path)))
