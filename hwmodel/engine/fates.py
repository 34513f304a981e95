"""What becomes of a session's arrival, as numbers that columns hold; 0 is not yet anything."""

from typing import Final

from hwmodel.placement import Refusal
from hwmodel.report import LINE_FULL

CREATED, JOINED, FULL, NOT_AN_OPENER, QUEUE_FULL, CENTRAL_POINT_FULL = 1, 2, 3, 4, 5, 6
SOURCE_LIMIT, DESTINATION_LIMIT, NO_LIVE_SPU, NO_CENTRAL_POINT = 7, 8, 9, 10

REFUSALS: Final = {
    FULL: Refusal.SESSION_TABLE_FULL.value,
    NOT_AN_OPENER: Refusal.NOT_AN_OPENER.value,
    QUEUE_FULL: LINE_FULL,  # a live thread's line is the operating system's
    CENTRAL_POINT_FULL: Refusal.CENTRAL_POINT_FULL.value,
    SOURCE_LIMIT: Refusal.SOURCE_LIMIT.value,
    DESTINATION_LIMIT: Refusal.DESTINATION_LIMIT.value,
    NO_LIVE_SPU: Refusal.NO_LIVE_SPU.value,
    NO_CENTRAL_POINT: Refusal.NO_CENTRAL_POINT.value,
}
