"""The package's own errors. Each is also the built-in error that it refines."""


class ShapeError(ValueError):
    """Shapes that an operation cannot combine."""


class GraphError(RuntimeError):
    """A derivative that the recorded graph cannot give."""


class InPlaceError(GraphError):
    """A value that an operation has used was changed, or would be."""
