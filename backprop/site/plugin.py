"""The MkDocs plugin: what happens when, and where the build stops."""

import logging
import shutil
import sys
from pathlib import Path
from typing import Any

from jinja2 import Environment
from mkdocs.config import config_options as c
from mkdocs.config.base import Config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.livereload import LiveReloadServer
from mkdocs.plugins import BasePlugin, event_priority
from mkdocs.structure.files import Files
from mkdocs.structure.pages import Page

from . import extensions, head, links, pages, search, speed
from .fonts import math_font
from .languages import current_language, is_nested, languages
from .notebooks.publish import Kept, Notebooks
from .notebooks.wheel import Wheel, WheelError, build_wheel
from .preparation import Preparation, Sources, is_stale
from .serving import Serving
from .weave import Prepared

log = logging.getLogger("mkdocs.plugins.backprop")


class BackpropConfig(Config):  # type: ignore[no-untyped-call]
    """Options of the plugin in `mkdocs.yml`; paths are relative to that file."""

    examples = c.Type(str, default="docs/examples")
    glossary = c.Optional(c.File(exists=True))
    rejected = c.Optional(c.File(exists=True))
    labels = c.Optional(c.File(exists=True))
    macros = c.Type(dict, default={})
    cache = c.Type(str, default=".cache/backprop")
    execute = c.Type(bool, default=True)
    search = c.Type(bool, default=True)
    notebooks = c.Type(bool, default=False)
    wheel = c.Optional(c.Type(str))


class BackpropPlugin(BasePlugin[BackpropConfig]):  # type: ignore[no-untyped-call]
    """Runs every page's code once and publishes its results in every language, or says why it cannot."""

    def __init__(self) -> None:
        self._serving: Serving | None = None
        self._preparation: Preparation | None = None
        self._current: Prepared | None = None
        self._layouts: extensions.Layouts = {}
        self._wheel: Wheel | None = None
        self._notebooks: Notebooks | None = None
        self._kept: Kept = {}

    # MkDocs keeps a plugin that has this method from one rebuild to the next.
    def on_startup(self, *, command: str, dirty: bool) -> None:  # noqa: ARG002
        """Note whether an author is watching."""
        self._serving = Serving() if command == "serve" else None

    def on_shutdown(self) -> None:
        """Leave nothing running that writes to the folder that MkDocs removes now."""
        if self._serving is not None:
            self._serving.wait()

    @event_priority(100)
    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        """Bring what the pages need: fences, snippets, templates, stylesheet and script."""
        extensions.configure(config, _root(config) / self.config.examples, self._results, self._layouts)
        head.configure(config)
        head.name_colours(config, current_language(config))
        speed.skip_icons(config)
        return config

    @event_priority(100)
    def on_pre_build(self, *, config: MkDocsConfig) -> None:
        """Check, run and convert everything, before MkDocs removes the last site.

        Raises:
            PluginError: with all findings.

        """
        if is_nested(config):
            return
        self._preparation = preparation = Preparation.of_site(self._sources(config))
        for warning in preparation.warnings:
            log.warning(warning)
        if not self.config.execute:
            log.info("execute is off: results and numbers are missing from the pages")
        failures = [preparation.failure, self._make_notebooks(preparation, config)]
        findings = [f for f in preparation.findings if not (self._serving and is_stale(f))]
        problems = [*filter(None, failures), *map(str, findings)]
        if not problems:
            return
        message = _report(problems)
        if self._serving is None or self._serving.attached:
            raise PluginError(message)
        # The first build: there is no good site to keep, so show what there is. Not logged, because an error in the
        # log would end a strict build.
        print(message, file=sys.stderr)
        self._serving.message = message

    def on_files(self, files: Files, *, config: MkDocsConfig) -> Files:
        """Keep the files of the checks out of the site."""
        for path in (self.config.glossary, self.config.rejected, self.config.labels):
            file = path and files.get_file_from_path(_relative(path, config.docs_dir))
            if file:
                files.remove(file)
        return files

    @event_priority(100)
    def on_page_markdown(self, markdown: str, *, page: Page, config: MkDocsConfig, files: Files) -> str:  # noqa: ARG002
        """Give Markdown the page with tokens in place of formulas, values and results.

        Raises:
            PluginError: something is wrong with a page that another plugin made or changed.

        """
        assert self._preparation is not None
        path, language = Path(page.file.abs_src_path or page.file.src_uri), _language(page, config)
        prepared = self._preparation.pages.get((path, markdown))
        if prepared is None:
            known = len(self._preparation.findings)
            prepared = self._preparation.of_text(path, language, markdown)
            if found := self._preparation.findings[known:]:
                raise PluginError(_report(map(str, found)))
        self._current = prepared
        if self._serving:
            self._serving.rendered.watch(page, prepared)
        return prepared.page.scan.text

    def on_page_content(self, html: str, *, page: Page, config: MkDocsConfig, files: Files) -> str:
        """Fill in values, formulas, numbers of figures, the reference and links; say so where a page is stale."""
        prepared, self._current = self._current, None
        assert prepared is not None
        assert self._preparation is not None
        pages.fill_titles(page, prepared)

        def fill(html: str) -> str:
            return pages.number_figures(prepared.fill(html), prepared.page.language)

        content = self._serving.rendered.fill(page, prepared, html, fill) if self._serving else fill(html)
        content = self._preparation.reference.fill(content, page, prepared.page, files)
        content = links.link_pages(content, page, files, config)
        if self._notebooks is not None:
            content = self._notebooks.publish(content, page, prepared, files, config)
        stale = self._preparation.stale(prepared.page.path)
        return pages.stale_banner(stale, prepared.page.language) + content

    def on_env(self, env: Environment, *, config: MkDocsConfig, files: Files) -> Environment:  # noqa: ARG002
        """Keep compiled templates, and offer the messages of every language to the 404 page."""
        speed.keep_templates(env, self._cache(config) / "templates")
        env.globals["backprop_messages"] = pages.messages_of(languages(config).codes)
        return env

    def on_post_page(self, output: str, *, page: Page, config: MkDocsConfig) -> str:
        """Link the translations of the page, and its font."""
        alternates = getattr(page.file, "alternates", {})
        urls = {code: alternates[code].url for code in languages(config).codes if code in alternates}
        output = head.link_translations(output, config.site_url, urls, languages(config).source)
        if self.config.search:
            output = search.add_messages(output, _language(page, config))
        return head.style_reference(head.preload_font(output, page.url), page.url)

    def on_post_template(self, output: str, *, template_name: str, config: MkDocsConfig) -> str:
        """Write the page that speaks all languages once, and without the theme's links to translations."""
        if template_name != "404.html":
            return output
        return "" if is_nested(config) else head.link_translations(output, None, {}, "")

    @event_priority(-200)
    def on_post_build(self, *, config: MkDocsConfig) -> None:
        """Publish the math font and the wheel of the notebooks, and index the pages of all languages."""
        if is_nested(config):
            return
        target = Path(config.site_dir, head.FONT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(math_font(self._cache(config)), target)
        if self._notebooks is not None:
            self._notebooks.publish_wheel(Path(config.site_dir))
        try:
            if self.config.search and self._serving:
                self._serving.index(Path(config.site_dir))
            elif self.config.search:
                search.index(Path(config.site_dir))
        except search.SearchError as error:
            raise PluginError(f"backprop: {error}") from None

    def on_serve(self, server: LiveReloadServer, *, config: MkDocsConfig, builder: Any) -> LiveReloadServer:  # noqa: ARG002
        """Rebuild also when an example or the words of a check change, and survive a failing build."""
        assert self._serving is not None
        self._serving.attach(server)
        watched = (self.config.examples, self.config.glossary, self.config.rejected, self.config.labels)
        for path in filter(None, watched):
            place = _root(config) / path
            if place.exists() and not place.is_relative_to(config.docs_dir):
                server.watch(str(place))
        return server

    def _results(self, number: int) -> str:
        return self._current.results(number) if self._current else ""

    def _make_notebooks(self, preparation: Preparation, config: MkDocsConfig) -> str | None:
        """Have notebooks, if they are asked for; return why their wheel cannot be built.

        While an author is watching, the wheel stays that of the first build.
        """
        if not (self.config.notebooks and self.config.execute):
            return None
        failure = None
        if self.config.wheel and (self._wheel is None or self._serving is None):
            try:
                self._wheel = build_wheel(self.config.wheel, _root(config))
            except WheelError as error:
                failure = str(error)
        self._notebooks = Notebooks(preparation, self._wheel, self._kept)
        return failure

    def _cache(self, config: MkDocsConfig) -> Path:
        return _root(config) / self.config.cache

    def _sources(self, config: MkDocsConfig) -> Sources:
        return Sources(
            root=_root(config),
            docs=Path(config.docs_dir),
            examples=_root(config) / self.config.examples,
            cache=self._cache(config),
            languages=languages(config),
            macros=self.config.macros,
            glossary=_path(self.config.glossary),
            rejected=_path(self.config.rejected),
            labels=_path(self.config.labels),
            run=self.config.execute,
        )


def _root(config: MkDocsConfig) -> Path:
    return Path(config.config_file_path or config.docs_dir).parent


def _path(path: str | None) -> Path | None:
    return Path(path) if path else None


def _relative(path: str, docs: str) -> str:
    place = Path(path)
    return place.relative_to(docs).as_posix() if place.is_relative_to(docs) else path


def _language(page: Page, config: MkDocsConfig) -> str:
    codes = languages(config).codes
    locale = getattr(page.file, "locale", codes[0])
    return locale if locale in codes else codes[0]


def _report(lines: Any) -> str:
    lines = list(lines)
    count = f"{len(lines)} problem{'s' * (len(lines) != 1)}"
    return f"backprop: {count}\n" + "\n".join(f"  {line}" for line in lines)
