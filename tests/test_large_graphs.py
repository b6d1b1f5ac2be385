"""Depth, memory and order, each in a process of its own."""

import subprocess
import sys
from pathlib import Path

import pytest

import backprop

LONG_CHAIN = """
import sys
from pathlib import Path
from backprop import Tensor, sin

def memory(key):
    status = Path("/proc/self/status").read_text().split(key + ":")[1]
    return int(status.split()[0]) / 1024

x = Tensor(1.0)
Path("/proc/self/clear_refs").write_text("5")
before = memory("VmRSS")
y = x
for _ in range(500_000):
    y = y * 1.0000001 + 1e-9
y.backward()
grown = memory("VmHWM") - before
assert abs(x.grad / 1.0000001**500_000 - 1) < 1e-9, x.grad
print(grown)
del y  # a million nested references
print(x.grad)
"""

DEEP_ARRAYS = """
import numpy as np
from backprop import Tensor, concatenate
x = Tensor(np.ones(2))
y = x
for i in range(100_000):
    y = y + 0.0 if i % 3 else concatenate([y[:1], y[1:2], y[:0]])
y.sum().backward()
np.testing.assert_array_equal(x.grad, [1.0, 1.0])
del y
print("done")
"""

HASH_ORDER = """
import numpy as np
from programs import NUMPY, OWN, random_program
from backprop import Tensor
junk = [object() for _ in range({junk})]  # other addresses, so other hashes
program = random_program(np.random.default_rng(11), NUMPY, 50)
leaves = [Tensor(x) for x in program.leaves]
program.run(leaves, OWN).backward()
print([np.asarray(leaf.grad).tobytes().hex() for leaf in leaves])
"""


def run(code, **environment):
    path = f"{Path(__file__).parent / 'support'}:{Path(backprop.__file__).parents[1]}"
    finished = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        capture_output=True,
        text=True,
        env={"PYTHONPATH": path, **environment},
        check=False,
    )
    assert finished.returncode == 0, finished.stderr
    return finished.stdout.split("\n")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc to measure memory")
def test_chain_of_a_million_operations():
    grown, slope, _ = run(LONG_CHAIN)
    assert float(grown) <= 300  # MiB
    assert float(slope) > 1


def test_deep_graph_of_arrays_is_destroyed_without_recursion():
    assert run(DEEP_ARRAYS)[0] == "done"


def test_result_does_not_depend_on_hash_order():
    found = {run(HASH_ORDER.format(junk=i * 997), PYTHONHASHSEED=str(i))[0] for i in range(3)}
    assert len(found) == 1
