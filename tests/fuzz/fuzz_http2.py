"""HTTP/2 of any shape."""

from tests.fuzz.conversations import pieces, read
from tests.protocols.test_http2 import GET, SESSION, asked


def one_input(data: bytes) -> None:
    """Whatever both ends say."""
    read(data)


def seeds() -> list[bytes]:
    """A session with everything in it, an odd request."""
    return [pieces(SESSION), pieces(asked([*GET, ("transfer-encoding", "chunked"), ("x", "\r\n")]))]
