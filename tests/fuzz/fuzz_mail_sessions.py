"""SMTP, POP3, IMAP and FTP of any shape, with what their mails carry."""

from tests.fuzz.conversations import pieces, read
from tests.protocols.test_mail_sessions import ALL, SMTP
from tests.protocols.test_mime import MAIL


def one_input(data: bytes) -> None:
    """Whatever both ends say."""
    read(data)


def seeds() -> list[bytes]:
    """A session of each, and one with all that a mail may have."""
    return [*map(pieces, ALL), pieces([*SMTP[:9], (SMTP[9][0], MAIL + b".\r\n"), *SMTP[10:]])]
