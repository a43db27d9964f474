"""Every public function of theory, metrics, models and ensemble answers hostile arguments with a value or one line.

The functions are found, new ones included, and each begins from a call of its own example. ``python tests/walk.py``
walks every parameter with every hostile value, and prints what it finds.
"""

import signal

import pytest
import walk
from hypothesis import given, settings
from hypothesis import strategies as st

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGVTALRM"), reason="needs a clock that interrupts")
CALLS = walk.calls()


def test_every_function_has_an_example_to_begin_from():
    begun = {call.name for call in CALLS}
    missing = [name for name, value in walk.public() if name not in begun and not isinstance(value, type)]
    assert not missing


@pytest.mark.parametrize("call", [call for call in CALLS if call.parameters], ids=str)
def test_hostile_arguments_get_a_value_or_one_line(call):
    values = walk.hostile(call)

    @settings(derandomize=True, database=None, deadline=None, max_examples=1 + 4 * len(call.parameters))
    @given(st.dictionaries(st.sampled_from(call.parameters), st.sampled_from(range(len(values))), max_size=2))
    def walked(places):
        spoilt = {name: values[place] for name, place in places.items()}
        assert walk.fault(call, spoilt) is None, spoilt

    walked()
