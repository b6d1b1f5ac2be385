"""A Jupyter notebook of every page that has code, in the page's language, with its results.

The page as it was scanned and run is all that this room reads. `structure` takes the page apart into prose and code,
`inline` writes prose as Jupyter reads it, `results` turns results into outputs, `opening` says what a notebook is and
how to run it, `notebook` puts all that together, `wheel` builds what is to be installed, `links` says where everything
is, and `publish` is what the plugin calls.
"""
