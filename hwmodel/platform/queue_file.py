"""How long a data-plane thread's lines are: a platform's `[threads]` table, or what is assumed of all devices."""

from typing import Final

from hwmodel.document import Section
from hwmodel.platform.facts import Figure, Kind
from hwmodel.platform.figures import Figures

QUEUE: Final = Figure(1024, "length of an SPU's input queues not published; as many places as a receive ring usually has, for "
                      "batches of packets that come at once", Kind.ASSUMED, "batches")  # fmt: skip
_MOST: Final = 1 << 16


def read_queue(root: Section, figures: Figures) -> int:
    """Batches of packets that wait in one line at most."""
    if "threads" not in root.data:
        figures.kept["threads.queue"] = QUEUE
        return int(QUEUE.value)
    section = root.section("threads")
    section.only(("queue",))
    return figures.whole(section, "queue", 1, _MOST)
