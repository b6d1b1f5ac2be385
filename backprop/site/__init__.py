"""The MkDocs plugin: runs a page's code once and publishes its results in every language of the site."""
