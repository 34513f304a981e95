"""Screens in the layout of the devices."""

import pytest

from nf.cli.operate.grammar import OperatorError
from nf.cli.operate.render.screens import statistics


def test_each_zone_and_none() -> None:
    lines = statistics({"zones": [{"zone": "trust", "screen": "few", "source": 3, "destination": 0}]}, {})
    assert lines[2:] == ["IDS attack type                              Statistics",
                         "  Source session limit                       3", "  Destination session limit                  0"]
    assert statistics({"zones": []}, {}) == ["No zone has a screen."]
    with pytest.raises(OperatorError, match="no security zone dmz with a screen"):
        statistics({"zones": []}, {"zone": "dmz"})
