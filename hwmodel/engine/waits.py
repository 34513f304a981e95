"""Where waits are counted: 64 places between a power of two seconds and the next, from 2**-64 s on."""

from typing import Any, Final

import numpy as np

BINS: Final = 1 << 13
LOWEST: Final = (1023 - 64) << 6


def bin_floors() -> Any:
    """The least wait of every place but the first, which holds those that did not wait."""
    bits = (np.arange(BINS, dtype=np.int64) + LOWEST) << 46
    floors = bits.view(np.float64)
    floors[0] = 0.0
    return floors
