"""What is wrong with targets whatever the loss, said by every loss."""

import numpy as np
import pytest

from backprop import Tensor
from backprop.nn import LOSSES, TargetError

every_loss = pytest.mark.parametrize("loss", [make() for make in LOSSES.values()], ids=LOSSES)


@every_loss
@pytest.mark.parametrize(
    ("targets", "message"),
    [
        (None, "^there are no targets: give one for each example$"),
        ([], "^there are no targets: a loss is a mean, and needs at least one example$"),
        (np.zeros((3, 0)), "at least one example$"),
        ([0, 1], "^2 targets for 3 examples: there has to be one for each$"),
        (np.zeros((4, 2)), "^4 targets for 3 examples"),
        (1, "^one target for 3 examples"),
        (["cat", "dog", "cat"], r"^targets are numbers, not <U3: number them, as np\.unique\(y, return_inverse=True\)"),
        (np.array(["cat", "dog", "cat"], object), "^targets are numbers, not object: number them"),
        ([1j, 0, 0], "^targets are numbers, not complex128$"),
        (np.array(["2020-01-01"] * 3, "datetime64[D]"), r"^targets are numbers, not datetime64\[D\]$"),
        ([[0], [0, 1], [0]], "^the targets of the examples differ in length"),
        (Tensor([0.0, 1.0, 0.0]), r"^targets are data, to which no gradient flows: .* loss\(outputs, targets\)$"),
        (["1.5", "2", "0"], r"^targets are numbers, not <U3: convert them with \.astype\(float\), or labels with"),
        (np.array([0, 1, 0], object), r"^targets are numbers, not object: convert them with \.astype\(float\)"),
        (np.zeros((3, 2, 2)), r"^targets of shape \(3, 2, 2\) do not fit outputs of shape \(3, 2\)"),
    ],
)
def test_refuses(loss, targets, message):
    with pytest.raises(TargetError, match=message) as caught:
        loss.prepare(targets, (3, 2), float)
    assert isinstance(caught.value, ValueError)


@every_loss
def test_place_in_more_axes(loss):
    targets = np.zeros((2, 2, 2, 2))
    targets[..., 0] = 1
    targets[1, 0, 1, 0] = np.nan
    with pytest.raises(TargetError, match=r"^nan in row 1, at \(0, 1, 0\) in it of the targets"):
        loss.prepare(targets, targets.shape, float)


@every_loss
def test_read_only_copies(loss):
    targets = np.array([[1.0, 0.0], [0.0, 1.0]])
    prepared = loss.prepare(targets, (2, 2), float)
    assert not prepared.flags.writeable
    assert prepared.flags.owndata
    assert targets.flags.writeable
