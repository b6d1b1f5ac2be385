"""Pages of a public API, made from docstrings.

A page lists names in a fence, and behind a name, if there is one, the page that teaches it:

    ```reference
    ohm.Resistor            ../ohm.md#measurement
    ohm.parallel
    ```

In place of the fence stands an entry for each name. `listing` reads the fences; `worker`, a process of its own, reads
the package (`objects`) and makes HTML of signatures (`signatures`) and docstrings (`docstrings`); `entries` keeps its
answer between builds; `site` finds what is wrong; `rendering` puts entries together in the language of a page.
"""
