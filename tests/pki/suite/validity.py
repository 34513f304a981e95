"""Dates: to the second, of every certificate on the path, the ends included (RFC 5280 §4.1.2.5)."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from tests.pki.suite.case import Case, no, ok
from tests.pki.suite.workshop import leaf, middle, root

SECOND = timedelta(seconds=1)
FROM, TO = datetime(2024, 3, 1, tzinfo=UTC), datetime(2024, 4, 1, tzinfo=UTC)
DATES = {"begins": FROM, "ends": TO}


def cases() -> Iterator[Case]:
    for title, who in (("leaf", 2), ("intermediate", 1), ("root", 0)):
        top = root(**(DATES if who == 0 else {}))
        between = middle(top, **(DATES if who == 1 else {}))
        chain = leaf(between, **(DATES if who == 2 else {})), between
        yield ok(f"validity first second of the {title}", chain, top, at=FROM)
        yield ok(f"validity last second of the {title}", chain, top, at=TO)
        yield no(f"validity second before the {title}", chain, top, at=FROM - SECOND)
        yield no(f"validity second after the {title}", chain, top, at=TO + SECOND)
        yield no(f"validity millisecond before the {title}", chain, top, at=FROM - SECOND / 1000)
        yield ok(f"validity milliseconds within the last second of the {title}", chain, top, at=TO + SECOND / 200)
    top = root()
    yield no("validity ends before it begins", leaf(top, begins=TO, ends=FROM), top, at=FROM + SECOND)
    late = datetime(2051, 1, 1, tzinfo=UTC)
    long = root(ends=late)
    yield ok("validity GeneralizedTime from 2050 on", leaf(long, ends=late), long)
    general = b"\x18\x0f20300101000000Z"
    early = leaf(top, ends=datetime(2030, 1, 1, tzinfo=UTC), body_edit=(b"\x17\x0d300101000000Z", general))
    yield no("validity GeneralizedTime before 2050", early, top)
    no_seconds = leaf(top, ends=datetime(2030, 1, 1, tzinfo=UTC), body_edit=(b"\x17\x0d300101000000Z", b"\x17\x0b3001010000Z"))
    yield no("validity without seconds", no_seconds, top)
