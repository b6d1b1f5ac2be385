"""Every page of the tutorial in a real browser: with and without JavaScript, on a desk, on a phone, day and night."""

import functools
import http.server
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

playwright = pytest.importorskip("playwright.sync_api")

DOCS = Path(__file__).parents[2] / "docs"
LANGUAGES = ("en", "es", "zh", "ko", "pt")
PAGES = sorted(path.stem for path in (DOCS / "en").glob("*.md"))
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
DESK, PHONE = {"width": 1280, "height": 900}, {"width": 360, "height": 740}

PLACES = [(language, name) for name in PAGES for language in LANGUAGES]
every_page = pytest.mark.parametrize(("language", "name"), PLACES, ids=[f"{name}-{code}" for code, name in PLACES])


def address(language: str, name: str) -> str:
    return ("" if language == "en" else f"{language}/") + ("" if name == "index" else f"{name}/")


@pytest.fixture(scope="module")
def browser() -> Iterator["playwright.Browser"]:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        pytest.skip("no chromium found: install the system package chromium to run the tests in a browser")
    with playwright.sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=FLAGS)
        yield browser
        browser.close()


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def serve() -> Iterator:
    servers = []

    def serve(folder: Path) -> str:
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder)))
        servers.append(server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{server.server_port}/"

    yield serve
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="module")
def home(serve, tutorial) -> str:
    return serve(tutorial)


@pytest.fixture
def visit(browser) -> Iterator:
    """Open an address and complain of everything that a reader's browser would complain of."""
    pages = []

    def visit(url: str, **options):
        page = browser.new_context(**options).new_page()
        pages.append(page)
        complaints: list[str] = []
        host = url.split("/")[2]
        page.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("requestfailed", lambda request: complaints.append(f"failed: {request.url}"))
        page.on("response", lambda r: complaints.append(f"{r.status}: {r.url}") if r.status >= 400 else None)
        page.on(
            "request",
            lambda r: (
                complaints.append(f"other host: {r.url}")
                if r.url.split("/")[2:3] not in ([host], []) and not r.url.startswith("data:")
                else None
            ),
        )
        page.goto(url, wait_until="networkidle")
        assert complaints == []
        return page

    yield visit
    # The contexts are closed with the browser: closing one in the midst of a navigation may never end.
    for page in pages:
        page.goto("about:blank")


def arriving(page):
    """Wait for the page that a link leads to, all of it."""
    return page.expect_navigation(wait_until="networkidle")


def luminance(colour: str) -> float:
    """Of a CSS colour rgb(r, g, b), from 0 to 1."""
    channels = [int(float(part)) / 255 for part in colour.split("(")[1].rstrip(")").split(",")[:3]]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(page, selector: str, prop: str = "color") -> float:
    element = page.locator(selector).first
    ink = luminance(element.evaluate("(e, p) => getComputedStyle(e)[p]", prop))
    paper = luminance(page.evaluate("getComputedStyle(document.body).backgroundColor"))
    return (max(ink, paper) + 0.05) / (min(ink, paper) + 0.05)


def assert_fits(page, width: int) -> None:
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= width, f"the page is {wide} pixels wide"
    # What is too wide scrolls inside a box of its own.
    lost = page.evaluate(
        """width => [...document.querySelectorAll("article :is(math, svg, table, img)")]
            .filter(e => e.getBoundingClientRect().right > width + 1)
            .filter(e => !e.closest(".bp-scroll, .bp-formula, .md-typeset__scrollwrap"))
            .map(e => e.outerHTML.slice(0, 200))""",
        width,
    )
    assert lost == []


@every_page
def test_a_page_on_a_desk_by_day(visit, home, language, name):
    page = visit(home + address(language, name), viewport=DESK, color_scheme="light")
    assert luminance(page.evaluate("getComputedStyle(document.body).backgroundColor")) > 0.8
    assert contrast(page, "article p") > 4.5
    if page.locator("article math").count():
        assert page.evaluate("""document.fonts.check('16px "STIX Two Math"')""")
    assert page.locator("html").get_attribute("lang").startswith(language)
    assert_fits(page, DESK["width"])
    assert page.locator("article h1").count() == 1
    missing = page.evaluate(
        """[...document.querySelectorAll('article a[href*="#"]')].map(a => new URL(a.href))
            .filter(url => url.pathname === location.pathname)
            .filter(url => !document.getElementById(decodeURIComponent(url.hash.slice(1))))
            .map(String)"""
    )
    assert missing == []


@every_page
def test_a_page_on_a_phone_by_night(visit, home, language, name):
    page = visit(home + address(language, name), viewport=PHONE, color_scheme="dark", has_touch=True)
    assert luminance(page.evaluate("getComputedStyle(document.body).backgroundColor")) < 0.05
    assert contrast(page, "article p") > 4.5
    for selector in ("svg .bp-value", "svg .bp-gradient"):
        if page.locator(selector).count():
            assert contrast(page, selector, "fill") > 4.5
    assert_fits(page, PHONE["width"])


@every_page
def test_formulas_and_figures_need_no_javascript(visit, home, language, name):
    page = visit(home + address(language, name), viewport=DESK, java_script_enabled=False)
    source = (DOCS / language / f"{name}.md").read_text(encoding="utf-8")
    formulas = page.locator("article math:not(details:not([open]) math)")
    assert formulas.count() >= source.count("$") // 4
    for index in range(min(formulas.count(), 60)):
        box = formulas.nth(index).bounding_box()
        assert box is not None
        assert box["width"] > 3
        assert box["height"] > 3
    figures = page.locator("article figure svg:not(details:not([open]) svg)")
    assert figures.count() > 0 or name == "glossary"
    for index in range(figures.count()):
        assert figures.nth(index).is_visible()
        assert figures.nth(index).bounding_box()["height"] > 40
        assert figures.nth(index).get_attribute("role") == "img"
    captions = page.locator("article figure .bp-figure-number").all_text_contents()
    assert [int("".join(filter(str.isdigit, caption))) for caption in captions] == list(range(1, len(captions) + 1))
    assert "{{" not in page.locator("article").inner_text()


def test_switching_the_language_keeps_the_section(visit, home):
    page = visit(home + "forward-pass/", viewport=DESK)
    heading = page.locator("article h2").nth(2)
    identity = heading.get_attribute("id")
    heading.evaluate("e => e.scrollIntoView({ behavior: 'instant' })")
    page.locator(".md-select .md-header__button").hover()
    with arriving(page):
        page.locator(".md-select__link[hreflang=ko]").click()
    assert page.url == f"{home}ko/forward-pass/#{identity}"


def test_the_colours_can_be_chosen(visit, home):
    page = visit(home, viewport=DESK, color_scheme="light")
    for _ in range(2):  # from the system's colours to light ones, to dark ones
        page.locator("form[data-md-component=palette] label:not([hidden])").click()
    page.wait_for_function("getComputedStyle(document.body).backgroundColor === 'rgb(20, 24, 29)'")
    assert luminance(page.evaluate("getComputedStyle(document.body).backgroundColor")) < 0.05


def test_the_404_page_is_complete(visit, home):
    page = visit(home + "404.html", viewport=PHONE)
    for language in LANGUAGES:
        assert page.locator(f"p[lang={language}]").is_visible()
    assert_fits(page, PHONE["width"])


def test_a_site_with_an_address_asks_for_nothing_elsewhere(visit, serve, site, tmp_path):
    assert site.build().returncode == 0
    (tmp_path / "host").mkdir()
    (tmp_path / "host/ohm").symlink_to(site.root / "site")
    page = visit(serve(tmp_path / "host") + "ohm/es/ohm/", viewport=DESK)
    assert page.locator("link[hreflang=x-default]").count() == 1


@pytest.mark.parametrize(
    ("language", "query", "name"),
    [
        ("en", "gradients", "backward-pass"),
        ("es", "gradientes", "gates"),
        ("es", "retropropagacion", ""),
        ("zh", "梯度", "backward-pass"),
        ("ko", "그래디언트", "backward-pass"),
        ("pt", "retropropagacao", ""),
    ],
)
def test_search_finds_pages_of_the_language(visit, home, language, query, name):
    page = visit(home + address(language, "forward-pass"), viewport=DESK)
    page.keyboard.press("/")
    page.locator("dialog input").fill(query)
    page.locator("dialog li a").first.wait_for()
    links = page.locator("dialog li a").evaluate_all("links => links.map(link => link.pathname)")
    prefix = "/" + address(language, "index")
    assert all(link.startswith(prefix) for link in links)
    assert language != "en" or not any(link.split("/")[1] in LANGUAGES for link in links)
    assert any(name in link for link in links)
    page.keyboard.press("ArrowDown")
    with arriving(page):
        page.keyboard.press("Enter")
    assert page.url.startswith(home[:-1] + links[0])


def test_search_says_when_it_finds_nothing(visit, home):
    page = visit(home + "ko/", viewport=PHONE)
    page.locator(".bp-search-button").click()
    page.locator("dialog input").fill("뷁")
    page.get_by_text("검색 결과가 없습니다").wait_for()
    page.keyboard.press("Escape")
    assert not page.locator("dialog").is_visible()
