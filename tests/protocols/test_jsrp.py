from ipaddress import ip_address

from hypothesis import given
from hypothesis import strategies as st

from hwmodel.session import FiveTuple
from nf.policy.redundancy import Role, Said
from nf.protocols.jsrp import Kind, Message, Rto, batches, read, write

MAC = bytes.fromhex("020000001100")
PORT = st.integers(0, 0xFFFF)
SAIDS = st.builds(Said, st.sampled_from(Role), st.integers(0, 255), st.integers(-1, 1), st.integers(0, 2**32 - 1))


def flows(addresses: st.SearchStrategy) -> st.SearchStrategy[FiveTuple]:
    return st.builds(FiveTuple, addresses, PORT, addresses, PORT, st.integers(0, 255))


RTOS = st.builds(Rto, st.integers(0, 2**63), flows(st.ip_addresses(v=4)) | flows(st.ip_addresses(v=6)), st.booleans())
HELLOS = st.builds(Message, st.integers(0, 255), st.integers(0, 1), st.just(Kind.HELLO), st.integers(0, 2**32 - 1),
                   st.lists(st.tuples(st.integers(0, 128), SAIDS), max_size=129).map(tuple))


@given(HELLOS)
def test_a_hello_comes_back_as_it_was(message: Message):
    assert read(write(message, MAC)) == message


@given(st.lists(RTOS, max_size=200))
def test_rtos_come_back_in_order_in_frames_that_fit(rtos: list[Rto]):
    frames = [write(Message(1, 0, Kind.RTOS, number, rtos=batch), MAC) for number, batch in enumerate(batches(rtos))]
    assert [rto for frame in frames for rto in read(frame).rtos] == rtos
    assert all(60 <= len(frame) <= 1514 for frame in frames)


TOLD = st.lists(RTOS, min_size=1, max_size=20).map(lambda rtos: Message(1, 0, Kind.RTOS, 0, rtos=tuple(rtos)))


@given(HELLOS | TOLD, st.data())
def test_a_frame_cut_short_or_changed_never_raises(message: Message, data: st.DataObject):
    frame = write(message, MAC)
    found = read(frame[:data.draw(st.integers(0, len(frame)))])
    assert found is None or found.kind is message.kind
    at = data.draw(st.integers(12, len(frame) - 1))
    read(frame[:at] + bytes([data.draw(st.integers(0, 255))]) + frame[at + 1:])


def test_others_frames_are_none():
    flow = FiveTuple(ip_address("10.0.0.1"), 1, ip_address("10.0.0.2"), 2)
    frame = write(Message(1, 1, Kind.RTOS, 7, rtos=(Rto(9, flow, closed=True),)), MAC)
    assert read(frame) is not None
    assert read(frame[:12] + b"\x08\x00" + frame[14:]) is None
    assert read(frame.replace(b"SRXJ", b"SRXN")) is None
