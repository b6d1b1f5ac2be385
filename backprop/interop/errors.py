"""What is raised for a model that another framework cannot have."""


class ExportError(ValueError):
    """A model that cannot be written in the other format; the message names the layer and what to do."""
