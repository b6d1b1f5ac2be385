"""`mkdocs serve` as an author uses it: a mistake does not take the site away."""

import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

PATIENCE = 40


class Server:
    """A running `mkdocs serve`."""

    def __init__(self, process: "subprocess.Popen[str]", address: str) -> None:
        self.process = process
        self.address = address

    def page(self, path: str) -> str:
        with urllib.request.urlopen(self.address + path, timeout=PATIENCE) as answer:
            return answer.read().decode()

    def until(self, path: str, condition: Callable[[str], bool]) -> str:
        """The page, once it is as expected."""
        end = time.monotonic() + PATIENCE
        page = ""
        while time.monotonic() < end:
            assert self.process.poll() is None, "the server has stopped"
            try:
                page = self.page(path)
            except (urllib.error.URLError, ConnectionError):
                page = ""
            if condition(page):
                return page
            time.sleep(0.1)
        pytest.fail(f"{path} did not become as expected:\n{page[-3000:]}")


@contextmanager
def serving(site, verbosity="-q") -> Iterator[Server]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = site.mkdocs("serve", verbosity, "-a", f"127.0.0.1:{port}")
    with (site.root / "serve.log").open("w") as log:
        process = subprocess.Popen(command, cwd=site.root, stdout=log, stderr=log, text=True)
    try:
        server = Server(process, f"http://127.0.0.1:{port}/ohm/")
        server.until("", lambda page: "Ohm" in page)
        yield server
    finally:
        process.terminate()
        process.wait(PATIENCE)


def test_a_failing_rebuild_keeps_the_last_good_site_and_says_why(site):
    with serving(site) as server:
        assert "bp-failure" not in server.page("ohm/")
        site.replace("docs/examples/ohm.py", "print(f", "1 / 0\nprint(f")
        page = server.until("ohm/", lambda page: "bp-failure" in page)
        line = site.line_of("docs/examples/ohm.py", "1 / 0")
        assert f"docs/examples/ohm.py:{line}: ZeroDivisionError" in page
        assert "en: 2.0 V" in page
        assert "es: 2.0 V" in server.page("es/ohm/")
        assert "ZeroDivisionError" in (site.root / "serve.log").read_text()
        site.replace("docs/examples/ohm.py", "1 / 0\n", "")
        page = server.until("ohm/", lambda page: page and "bp-failure" not in page)
        assert "en: 2.0 V" in page


def test_a_first_build_that_fails_shows_what_there_is(site):
    site.everywhere("ohm.md", "{{ current }} A", "{{ curent }} A")
    with serving(site) as server:
        page = server.page("ohm/")
        assert "{{ curent }}: NameError" in page
        assert "en: 2.0 V" in page


def test_a_translation_behind_its_source_has_a_banner_of_its_own(site):
    site.replace("docs/en/ohm.md", "Twice the current", "Double current")
    with serving(site) as server:
        page = server.page("es/ohm/")
        assert "La página de origen ha cambiado" in page
        assert "twice" in page.split("bp-stale")[1].split("</div>")[0]
        assert "bp-failure" not in page
        assert "bp-stale" not in server.page("ohm/")
        assert "bp-stale" not in server.page("es/")


def test_a_warning_of_a_strict_build_is_shown_too(site):
    with serving(site, "-v") as server:
        site.everywhere("index.md", "ohm.md#measurement", "missing.md")
        page = server.until("", lambda page: "bp-failure" in page)
        assert "missing.md" in page.split("bp-failure")[1].split("</pre>")[0]
        assert "ohm/#measurement" in page
