"""Glossary: the terms of the course in five languages."""

# --8<-- [start:terms]
from backprop.explain import glossary, show

show(glossary())
# --8<-- [end:terms]
