"""What a learner looks at: the trace of a computation as tables, figures and formulas, in five languages."""

from .curves import Curves, curves
from .derivation import Derivation, derivation
from .display import View, collecting, show
from .figure import Figure, figure
from .formulas import Formula, definition, expression
from .labels import languages, load_labels, set_language
from .numbers import format_number, format_value
from .tables import backward_table, check_table, forward_table
from .trace import Trace

__all__ = [
    "Curves",
    "Derivation",
    "Figure",
    "Formula",
    "Trace",
    "View",
    "backward_table",
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
    "languages",
    "load_labels",
    "set_language",
    "show",
]
