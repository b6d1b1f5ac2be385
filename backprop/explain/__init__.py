"""What a learner looks at: the trace of a computation as tables, figures and formulas, in five languages."""

from .boundary import Boundary, boundary
from .curves import Curves, curves
from .derivation import Derivation, derivation
from .display import View, collecting, show
from .figure import Figure, figure
from .formulas import Formula, definition, expression
from .glossary import Glossary, glossary
from .labels import languages, load_labels, set_language
from .local_derivatives import local_derivative_table
from .numbers import format_number, format_value
from .plot import Plot, plot
from .tables import backward_table, check_table, forward_table
from .trace import Trace

__all__ = [
    "Boundary",
    "Curves",
    "Derivation",
    "Figure",
    "Formula",
    "Glossary",
    "Plot",
    "Trace",
    "View",
    "backward_table",
    "boundary",
    "check_table",
    "collecting",
    "curves",
    "definition",
    "derivation",
    "expression",
    "figure",
    "format_number",
    "format_value",
    "forward_table",
    "glossary",
    "languages",
    "load_labels",
    "local_derivative_table",
    "plot",
    "set_language",
    "show",
]
