"""An exception on its way from a worker to the caller, who is to get it as it was raised."""

import os
import pickle
import traceback
from typing import Any


class Raised:
    """Holds an exception of the model. Returned and not raised, it cannot be taken for a failure of the executor.

    Nothing can go wrong on the way: an exception that cannot be unpickled in the process of the caller, which could
    break a pool, arrives as a `RuntimeError` that says the same.

    Args:
        error: what the model raised.
        elsewhere: whether the caller is in another process: then the traceback is added as a note.

    >>> str(pickle.loads(pickle.dumps(Raised(ValueError("no"), elsewhere=False))).error())
    'no'

    """

    def __init__(self, error: Exception, elsewhere: bool) -> None:
        if elsewhere:
            lines = "".join(traceback.format_exception(error))
            error.add_note(f"In a worker (process {os.getpid()}):\n{lines}")
        self._error: Exception | None = error
        self._pickled = b""
        self._text = f"{type(error).__name__}: {error}"
        self._notes = list(getattr(error, "__notes__", ()))

    def error(self) -> Exception:
        """Return the exception, to be raised."""
        if self._error is not None:
            return self._error
        try:
            error = pickle.loads(self._pickled)
            if isinstance(error, Exception):
                return error
        except Exception:  # a class that is not to be found in this process, say
            pass
        error = RuntimeError(self._text)
        for note in self._notes:
            error.add_note(note)
        return error

    def __getstate__(self) -> dict[str, Any]:
        assert self._error is not None
        return {**self.__dict__, "_error": None, "_pickled": _pickled(self._error)}


def _pickled(error: Exception) -> bytes:
    """Pickle an exception in one of two ways, or not at all: b""."""
    for candidate in (error, _Rebuilt(error)):
        try:
            data = pickle.dumps(candidate)
            if str(pickle.loads(data)) == str(error):
                return data
        except Exception:  # whatever code of the class is run
            continue
    return b""


class _Rebuilt:
    """Pickles an exception without calling its `__init__`, which need not take what is in `args`."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def __reduce__(self) -> Any:
        return _rebuild, (type(self._error), self._error.args, self._error.__dict__)


def _rebuild(kind: type[Exception], arguments: tuple[Any, ...], attributes: dict[str, Any]) -> Exception:
    error = kind.__new__(kind, *arguments)
    error.__dict__.update(attributes)
    return error
