"""The pages of our own course with their results, as the plugin has them."""

from functools import cache
from pathlib import Path

from backprop.site.languages import Languages
from backprop.site.preparation import Preparation, Sources
from backprop.site.weave import Prepared

REPOSITORY = Path(__file__).parents[2]
LANGUAGES = ("en", "es", "zh", "ko", "pt")
PAGES = sorted(
    path.stem for path in (REPOSITORY / "docs/en").glob("*.md") if "\nnotebook: false\n" not in path.read_text("utf-8")
)
"""Those that can be downloaded."""


@cache
def course() -> dict[tuple[str, str], Prepared]:
    """Every page by its language and its name; run once a process, or found in the cache of the last build."""
    docs = REPOSITORY / "docs"
    languages = Languages(LANGUAGES, folders=True)
    sources = Sources(REPOSITORY, docs, docs / "examples", REPOSITORY / ".cache/backprop", languages, {})
    preparation = Preparation.of_site(sources)
    assert not preparation.failure, preparation.failure
    return {(p.page.language, p.page.key.removesuffix(".md")): p for p in preparation.pages.values()}
