"""Which protocol a session speaks, by what its client and its server say first."""

import re
from typing import Final

HTTP, HTTP2, SMTP, FTP, POP3, IMAP, UNKNOWN = "HTTP", "HTTP/2", "SMTP", "FTP", "POP3", "IMAP", "UNKNOWN"
MOST: Final = 1 << 14  # bytes of one direction after which it is none of these

_PREFACE: Final = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
_MAY_BE_REQUEST: Final = re.compile(rb"[ \t\r\n]*(?:[!-~]{1,32}(?:[ \t][^\n]*)?)?\Z")
_FTP: Final = re.compile(rb"(?:USER|FEAT|AUTH (?:TLS|SSL)|SYST|OPTS|HOST)[ \r\n]", re.IGNORECASE)
_CLIENTS: Final = (
    (HTTP2, re.compile(re.escape(_PREFACE))),
    (HTTP, re.compile(rb"[\r\n]*GET[ \t]+[^ \t\r\n]+[ \t]*\r?\n")),  # HTTP/0.9
    (HTTP, re.compile(rb"[ \t\r\n]*(?!PRI \* HTTP/2)[!-~]{1,32}[ \t][^\n]*[ \t]HTTP/\d[^\n]*\n")),
    (SMTP, re.compile(rb"(?:EHLO|HELO|LHLO)[ \r\n]", re.IGNORECASE)),
    (IMAP, re.compile(rb"[!-~]{1,32} (?:LOGIN|CAPABILITY|AUTHENTICATE|STARTTLS|NOOP|ID)[ \r\n]", re.IGNORECASE)))


def protocol_of(client: bytes, server: bytes) -> str | None:
    """The protocol of these beginnings, None while they do not tell.

    >>> protocol_of(b"EHLO a", b"220 mail.test ready\\r\\n")
    'SMTP'
    """
    found = next((name for name, words in _CLIENTS if words.match(client)), None)
    greeted = _by_greeting(server, client) if found is None and server else UNKNOWN
    if found is None and greeted == UNKNOWN:  # a server of HTTP/2 need not wait for its client, a wicked one does not
        found = None if _may_be_any(client) and not server.startswith(b"SSH-") else UNKNOWN
    elif found is None:
        found = greeted
    return UNKNOWN if found is None and max(len(client), len(server)) >= MOST else found


def _may_be_any(client: bytes) -> bool:
    """Whether a client that has not been greeted may still turn out to speak one of these."""
    return _PREFACE.startswith(client) or _MAY_BE_REQUEST.match(client) is not None or _FTP.match(client) is not None


def _by_greeting(server: bytes, client: bytes) -> str | None:
    """By what the server says first; many servers of SMTP and FTP greet alike, and their clients tell them apart."""
    line, newline, _ = server.partition(b"\n")
    if not newline:
        return None if server[:1] in {b"2", b"4", b"5", b"+", b"*"} else UNKNOWN
    upper = line.upper()
    if upper.startswith(b"+OK"):
        return POP3
    if upper.startswith((b"* OK", b"* PREAUTH", b"* BYE")):
        return IMAP
    if not upper.startswith((b"220", b"421", b"554")):
        return UNKNOWN
    if b"SMTP" in upper or b"LMTP" in upper:
        return SMTP
    return FTP if b"FTP" in upper or _FTP.match(client) else SMTP if b"\n" in client else None
