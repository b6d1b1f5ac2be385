"""The errors of models and losses. Each is also the built-in error that it refines."""


class StateError(ValueError):
    """Saved values that do not fit a model; the message lists every entry that is wrong."""


class TargetError(ValueError):
    """Targets that a loss cannot be computed from; the message says where, and what to do."""
