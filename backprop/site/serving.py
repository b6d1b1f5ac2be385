"""What an author sees under `mkdocs serve` when a build fails: the last good site, and what is wrong, above it."""

import logging
import re
import shutil
import subprocess
from collections.abc import Callable, Iterable
from html import escape
from pathlib import Path
from typing import Any

from mkdocs.livereload import LiveReloadServer

from .hearing import hearing
from .rendered import Rendered
from .search import start_index

log = logging.getLogger("mkdocs.plugins.backprop")

_BODY = re.compile(rb"<body[^>]*>")
_STYLE = (
    "position:sticky;top:0;z-index:10;margin:0;padding:1em;max-height:50vh;overflow:auto;white-space:pre-wrap;"
    "font:14px/1.5 ui-monospace,monospace;background:#7f1d1d;color:#fff"
)


class Serving:
    """The state of a `mkdocs serve`: what is wrong now, if anything is."""

    def __init__(self) -> None:
        self.message = ""
        self.attached = False
        self.rendered = Rendered()
        self._indexing: subprocess.Popen[str] | None = None

    def attach(self, server: LiveReloadServer) -> None:
        """Make the server keep the last good site when a rebuild fails, and show the message in the browser."""
        build = server.builder
        server.builder = lambda: self._rebuild(build, Path(server.root))
        server.set_app(self._with_banner(server.serve_request))
        self.attached = True

    def index(self, site: Path) -> None:
        """Index the pages while the author already sees them."""
        self._indexing = start_index(site)

    def wait(self) -> None:
        """Wait until nothing is written to the site any more."""
        if self._indexing is not None:
            self._indexing.communicate()
            self._indexing = None

    def _rebuild(self, build: Callable[[], None], site: Path) -> None:
        """Build into an empty folder; if that fails, put the last site back."""
        self.wait()
        kept = site.with_name(site.name + "-last-good")
        site.rename(kept)
        site.mkdir()
        self.message = ""
        with hearing("mkdocs") as said:
            try:
                build()
            except (Exception, SystemExit) as error:
                self.message = "\n".join(said) or f"{type(error).__name__}: {error}"
                log.error("The last good site stays. Mend the above and save: it is built again.")
                self.wait()
                shutil.rmtree(site)
                kept.rename(site)
            else:
                shutil.rmtree(kept)

    def _with_banner(self, app: Callable[..., Iterable[bytes]]) -> Callable[..., Iterable[bytes]]:
        def respond(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
            started: list[Any] = []
            body = app(environ, lambda *arguments: started.extend(arguments))
            status, headers, *rest = started
            if not self.message or not dict(headers).get("Content-Type", "").startswith("text/html"):
                start_response(status, headers, *rest)
                return body
            page = _BODY.sub(lambda match: match[0] + self._banner(), b"".join(body), count=1)
            getattr(body, "close", lambda: None)()
            others = [(name, value) for name, value in headers if name != "Content-Length"]
            start_response(status, [*others, ("Content-Length", str(len(page)))], *rest)
            return [page]

        return respond

    def _banner(self) -> bytes:
        return f'<pre role="alert" class="bp-failure" style="{_STYLE}">{escape(self.message)}</pre>'.encode()
