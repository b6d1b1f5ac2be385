"""Callbacks of the estimators: a line an epoch, and the optimizer's state from one `partial_fit` to the next."""

from typing import TYPE_CHECKING, Any

from ..training import Callback

if TYPE_CHECKING:
    from ..training.state import Training


class PrintEpochs(Callback):
    """What `verbose` asks for: the loss of each epoch, and what the examples held out say."""

    def on_epoch_end(self, training: "Training") -> None:
        """Print a line."""
        history = training.history
        shown = {"loss": history.loss}
        if history.validation_loss:
            shown["validation loss"] = history.validation_loss
            shown |= {f"validation {name}": values for name, values in history.validation_metrics.items()}
        print(f"epoch {training.epoch}: " + ", ".join(f"{name} {values[-1]:.6f}" for name, values in shown.items()))


class KeepOptimizer(Callback):
    """Lets a training go on with the state of the optimizer that an earlier one left.

    Args:
        state: what the earlier one left as `state`; None to begin anew.

    """

    def __init__(self, state: dict[str, Any] | None) -> None:
        self.state = state

    def on_start(self, training: "Training") -> None:
        """Hand the state on."""
        if self.state is not None:
            rate = training.optimizer.learning_rate  # the parameter may have been set to another value meanwhile
            training.optimizer.load_state_dict({**self.state, "learning_rate": rate})

    def on_end(self, training: "Training") -> None:
        """Take it back."""
        self.state = training.optimizer.state_dict()
