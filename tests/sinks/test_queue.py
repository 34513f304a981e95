"""The queue: whole messages from any process, room for so many, an end once everybody has closed."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from nf.log.records import LogRecord
from nf.sinks.queue import MESSAGE, Queue
from tests.log.test_render import RECORDS
from tests.sinks.test_log_file import in_processes

AT = datetime(2026, 5, 4, 3, 2, 1, 250_000, UTC)


def taken(queue: Queue) -> list[LogRecord]:
    found: list[LogRecord] = []
    while True:
        message = queue.take()
        assert message is not None
        if not message[1]:
            return found
        found += message[1]


@given(st.lists(RECORDS, min_size=1, max_size=5))
def test_records_come_out_as_they_went_in(records: list[LogRecord]) -> None:
    queue = Queue()
    assert queue.put(records, AT) == 0
    at, got = queue.take() or (None, [])
    assert at == AT
    assert [(one.app, one.name, one.priority) for one in got] == [(one.app, one.name, one.priority) for one in records]
    for one, other in zip(got, records, strict=True):
        assert [value for _, value in one.fields] == [
            value.encode("utf-8", "backslashreplace").decode() for _, value in other.fields]
    queue.close()


def test_many_and_long_records_are_cut_into_messages_that_fit() -> None:
    queue, long = Queue(), LogRecord.of("RT_FLOW", "X", 14, (("message", "x" * 9000),))
    assert queue.put([long] * 100, AT) == 0
    assert taken(queue) == [long] * 100
    assert queue.put([long, LogRecord.of("RT_FLOW", "X", 14, (("message", "x" * MESSAGE),))], AT) == 1
    assert taken(queue) == [long]
    queue.close()


def test_what_finds_no_room_is_told_and_the_rest_is_whole() -> None:
    queue, record = Queue(), LogRecord.of("RT_FLOW", "X", 14, (("message", "x" * 50_000),))
    kept = 0
    while not queue.put([record], AT):
        kept += 1
    assert kept > 10
    assert queue.put([record] * 3, AT) == 3
    assert taken(queue) == [record] * kept
    queue.close()


def test_it_ends_when_every_process_has_closed_it() -> None:
    queue = Queue()
    in_processes(3, lambda index: queue.put([LogRecord.of("A", str(index), 14, ())], AT) or None)
    queue.close()
    assert sorted(record.name for record in (queue.take() or (None, []))[1] + (queue.take() or (None, []))[1]
                  + (queue.take() or (None, []))[1]) == ["0", "1", "2"]
    assert queue.take() is None
