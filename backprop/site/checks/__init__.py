"""Checks of a site in several languages: translations against their source pages, terms, notation.

Pure functions on files, without MkDocs. `check_site` runs them all; `python -m backprop.site stamp` records that a
translation was reviewed. One idea a file: `page` parses, `parity`, `freshness`, `terms` and `notation` compare, and
`exceptions` says how a page quotes a mistake on purpose.
"""

from .check import check_site
from .findings import Finding

__all__ = ["Finding", "check_site"]
