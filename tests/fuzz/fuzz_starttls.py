"""A session before its TLS: whatever both sides say, in whatever pieces, the reader keeps little and comes to an end."""

from nf.protocols.starttls import LONGEST_LINE, Step, Upgrade


def one_input(data: bytes) -> None:
    """Each piece begins with a byte that says whose it is and how long."""
    upgrade, step = Upgrade(), Step.WAITING
    while data and step is Step.WAITING:
        size, from_client = data[0] >> 1, data[0] & 1
        piece, data = data[1:1 + size], data[1 + size:]
        step = upgrade.client(piece) if from_client else upgrade.server(piece)
        assert len(upgrade._commands) + len(upgrade._answers) <= 2 * (LONGEST_LINE + 128) or step is not Step.WAITING


def pieces(*talk: bytes) -> bytes:
    """Server and client by turns, the server first."""
    return b"".join(bytes([len(said) << 1 | turn % 2]) + said for turn, said in enumerate(talk))


def seeds() -> list[bytes]:
    """Each protocol's way to TLS, one injected command, one refusal."""
    return [
        pieces(b"220 a ESMTP\r\n", b"EHLO b\r\n", b"250-a\r\n250 STARTTLS\r\n", b"STARTTLS\r\n", b"220 go\r\n"),
        pieces(b"* OK IMAP4\r\n", b". CAPABILITY\r\n", b"* CAPABILITY STARTTLS\r\n. OK\r\n", b". STARTTLS\r\n", b". OK go\r\n"),
        pieces(b"+OK POP3\r\n", b"CAPA\r\n", b"+OK\r\nSTLS\r\n.\r\n", b"STLS\r\n", b"+OK\r\n"),
        pieces(b"220 FTP\r\n", b"AUTH TLS\r\n", b"234 go\r\n"),
        pieces(b"220 a ESMTP\r\n", b"STARTTLS\r\nMAIL FROM:<c>\r\n"),
        pieces(b"220 a ESMTP\r\n", b"STARTTLS\r\n", b"454 no\r\n", b"QUIT\r\n")]
