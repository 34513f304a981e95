"""HTTP/1 of any shape, with content in any coding and forms."""

from tests.fuzz.conversations import pieces, read
from tests.protocols.test_content import CODINGS, response
from tests.protocols.test_http1 import POST, SESSION
from tests.protocols.test_transfers import HTTP


def one_input(data: bytes) -> None:
    """Whatever both ends say."""
    read(data)


def seeds() -> list[bytes]:
    """Sessions with everything in them, each coding, an obfuscated head."""
    odd = POST.replace(b"Transfer-Encoding: chunked", b"Transfer-Encoding : x\r\n chunked\nContent-Length: 3, 4")
    return [pieces(SESSION), pieces(HTTP), pieces([(SESSION[0][0], odd)]),
            *(pieces(response(name, pack(b"hello " * 20))) for name, pack in CODINGS.items())]
