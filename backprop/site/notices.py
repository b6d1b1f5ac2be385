"""Silences a notice that Material prints on every command, about its own end of life.

The notice is printed while MkDocs loads the theme, before any plugin: only a name that `mkdocs.yml` refers to
(`!!python/name:backprop.site.notices.quiet`) is imported earlier. The date is in CONTRIBUTING.md.
"""

import os

os.environ.setdefault("NO_MKDOCS_2_WARNING", "true")

quiet = True
"""That this module has been imported."""
