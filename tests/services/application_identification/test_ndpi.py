"""nDPI, which knows applications by tables of others, is shown the same sessions as frames and must find the same in them."""

from collections.abc import Mapping
from ipaddress import ip_address
from pathlib import Path

import nfstream
import pytest

from hwmodel.session import Direction, FiveTuple
from nf.protocols import applications, pcapng
from nf.protocols.tcp_frames import TcpFrames
from tests.openings import CLIENTS, SERVERS
from tests.services.application_identification.test_identifier import C2S, GET, S2C, h2, identifier, shown, told
from tests.tls.hello_bytes import extension, hello, host_name, record, vector

Stream = list[tuple[Direction, bytes]]
LOOKED_INTO = 6  # nDPI's confidence; all less is a guess, by the port for one

QUESTION = bytes.fromhex("12340100000100000000000003777777016104746573740000010001")
KERBEROS = bytes.fromhex("6a81df3081dca103020105a20302010a") + bytes(210)
PRE_LOGIN = bytes.fromhex("00001a00060100200001020021000103002200040400260001ff") + b"\x10" + bytes(12)
QUERY = bytes.fromhex("00000000d407000000000000") + b"admin.$cmd\0" + bytes.fromhex(
    "00000000ffffffff130000001069734d6173746572000100000000")
TO_X = b"(DESCRIPTION=(CONNECT_DATA=(SERVICE_NAME=x)))"
CONNECT = bytes.fromhex("000001000000013a012c0c412000ffffc60e00000100") + len(TO_X).to_bytes(2) + b"\0\x3a" + bytes(30) + TO_X
C0_C1 = b"\3\0\0\0\1\0\0\0\0" + bytes(number * 7 % 256 for number in range(1528))
BOUND = b"\1\1\0\x0c\x21\x12\xa4\x42" + bytes(range(12)) + bytes.fromhex("002000080001a147e112a643")
JABBER = b"<stream:stream to='a.test' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>"
SMB2 = b"\0\0\0\x85\xfeSMB\x40\0" + bytes(127)

# ours: (nDPI's name, the port that nDPI wants to see for some of them, what is said)
PROTOCOLS: Mapping[str, tuple[str, int, Stream]] = {
    "HTTP": ("HTTP", 80, [(C2S, GET % b"a.test")]),
    "HTTP2": ("HTTP2", 80, [(C2S, h2("a.test"))]),
    "SSH": ("SSH", 22, [(S2C, CLIENTS["SSH"]), (C2S, CLIENTS["SSH"])]),
    "SMTP": ("SMTP", 25, [(S2C, SERVERS["SMTP"]), (C2S, CLIENTS["SMTP"]), (S2C, b"250-mx.test\r\n250 SIZE\r\n"),
                          (C2S, b"MAIL FROM:<a@a.test>\r\n"), (S2C, b"250 ok\r\n"), (C2S, b"RCPT TO:<b@b.test>\r\n")]),
    "IMAP": ("IMAP", 143, [(S2C, SERVERS["IMAP"]), (C2S, b"a1 CAPABILITY\r\n"),
                           (S2C, b"* CAPABILITY IMAP4rev1\r\na1 OK done\r\n"), (C2S, b"a2 LOGIN joe x\r\n"),
                           (S2C, b"a2 OK done\r\n")]),
    "POP3": ("POP3", 110, [(S2C, SERVERS["POP3"]), (C2S, b"USER joe\r\n"), (S2C, b"+OK\r\n"), (C2S, b"PASS x\r\n"),
                           (S2C, b"+OK\r\n"), (C2S, b"LIST\r\n"), (S2C, b"+OK 0\r\n.\r\n")]),
    "NNTP": ("Usenet", 119, [(S2C, SERVERS["NNTP"]), (C2S, b"MODE READER\r\n")]),
    "FTP": ("FTP_CONTROL", 21, [(S2C, SERVERS["FTP"]), (C2S, CLIENTS["FTP"]), (S2C, b"331 password\r\n"), (C2S, b"PASS x\r\n"),
                                (S2C, b"230 in\r\n")]),
    "DNS": ("DNS", 53, [(C2S, vector(2, QUESTION))]),
    "BITTORRENT": ("BitTorrent", 6881, [(C2S, CLIENTS["BITTORRENT"] + bytes(range(40)))]),
    "RDP": ("RDP", 3389, [(C2S, CLIENTS["RDP"]), (S2C, bytes.fromhex("030000130ed000001234000209080002000000"))]),
    "VNC": ("VNC", 5900, [(S2C, SERVERS["VNC"]), (C2S, CLIENTS["VNC"])]),
    "TELNET": ("Telnet", 23, [(S2C, CLIENTS["TELNET"]), (C2S, CLIENTS["TELNET"])]),
    "SMB": ("SMBv23", 445, [(C2S, SMB2), (S2C, SMB2)]),
    "LDAP": ("LDAP", 389, [(C2S, CLIENTS["LDAP"])]),
    "KRB5": ("Kerberos", 88, [(C2S, vector(4, KERBEROS))]),
    "POSTGRES": ("PostgreSQL", 5432, [(C2S, CLIENTS["POSTGRES"]), (S2C, b"S")]),
    "MYSQL": ("MySQL", 3306, [(S2C, b"\x4a\0\0\0\x0a8.0.35\0\x08\0\0\0abcdefgh\0\xff\xf7\xff\2\0\xff\x81\x15" + bytes(10)
                                    + b"abcdefghijkl\0mysql_native_password\0")]),
    "TDS": ("MsSQL-TDS", 1433, [(C2S, b"\x12\1" + (8 + len(PRE_LOGIN)).to_bytes(2) + b"\0\0\0\0" + PRE_LOGIN)]),
    "TNS": ("Oracle", 1521, [(C2S, (2 + len(CONNECT)).to_bytes(2) + CONNECT)]),
    "MONGODB": ("MongoDB", 27017, [(C2S, (8 + len(QUERY)).to_bytes(4, "little") + b"\1\0\0\0" + QUERY)]),
    "REDIS": ("RESP", 6379, [(C2S, CLIENTS["REDIS"]), (S2C, b"+PONG\r\n")]),
    "MEMCACHE": ("Memcached", 11211, [(C2S, b"get key\r\n"), (S2C, b"VALUE key 0 1\r\nx\r\nEND\r\n")] * 2),
    "MQTT": ("MQTT", 1883, [(C2S, b"\x10\x0d\0\4MQTT\4\2\0\x3c\0\1a"), (S2C, b"\x20\2\0\0")]),
    "AMQP": ("AMQP", 5672, [(C2S, CLIENTS["AMQP"]), (S2C, b"\1\0\0\0\0\0\x14\0\x0a\0\x0a\0\x09" + bytes(12) + b"\xce")]),
    "SIP": ("SIP", 5060, [(C2S, CLIENTS["SIP"] + b"From: <sip:c@d.test>\r\nTo: <sip:a@b.test>\r\nCall-ID: 1\r\n\r\n")]),
    "RTSP": ("RTSP", 554, [(C2S, CLIENTS["RTSP"] + b"CSeq: 1\r\n\r\n"), (S2C, b"RTSP/1.0 200 OK\r\nCSeq: 1\r\n\r\n")]),
    "RTMP": ("RTMP", 1935, [(C2S, C0_C1), (S2C, C0_C1)]),
    "IRC": ("IRC", 6667, [(C2S, b"NICK joe\r\nUSER joe 0 * :Joe\r\n"), (S2C, b":irc.test NOTICE AUTH :*** Looking up\r\n"),
                          (S2C, b":irc.test 001 joe :Welcome\r\n"), (C2S, b"JOIN #a\r\n")]),
    "XMPP": ("Jabber", 5222, [(C2S, b"<?xml version='1.0'?>" + JABBER)]),
    "STUN": ("STUN", 3478, [(C2S, CLIENTS["STUN"] + bytes(range(12))), (S2C, BOUND)]),
    "SOCKS": ("SOCKS", 1080, [(C2S, b"\5\1\0"), (S2C, b"\5\0")]),
    "GIT": ("Git", 9418, [(C2S, b"0027git-upload-pack /a.git\0host=a.test\0"), (S2C, b"0032" + b"1" * 40 + b" HEAD\n0000")]),
    "RSYNC": ("RSYNC", 873, [(S2C, CLIENTS["RSYNC"]), (C2S, CLIENTS["RSYNC"])]),
    "BGP": ("BGP", 179, [(C2S, b"\xff" * 16 + bytes.fromhex("001d0104fde800b4c000020a00"))]),
    "MODBUS": ("Modbus", 502, [(C2S, CLIENTS["MODBUS"]), (S2C, bytes.fromhex("0001000000050103020007"))]),
    "S7COMM": ("S7Comm", 102, [(C2S, bytes.fromhex("0300001611e00000001400c1020100c2020102c0010a")),
                               (S2C, bytes.fromhex("0300001611d00014000100c0010ac1020100c2020102")),
                               (C2S, bytes.fromhex("0300001902f08032010000040000080000f0000001000101e0"))])}

# Applications behind a server's name where more than capitals differ: ours, and what nDPI calls them
CALLED = {
    "AMAZON-AWS": "AmazonAWS", "AMAZON-PRIME-VIDEO": "AmazonVideo", "ANDROID-MARKET": "PlayStore",
    "APPLE-ICLOUD": "AppleiCloud", "APPLE-ITUNES": "AppleiTunes", "DNS-OVER-HTTPS": "DoH_DoT", "FACEBOOK-ACCESS": "Facebook",
    "FACEBOOK-CHAT": "FacebookMessenger", "GOOGLE-DOCS": "GoogleDocs", "GOOGLE-DRIVE": "GoogleDrive",
    "GOOGLE-MAPS": "GoogleMaps", "GOOGLE-MEET": "GoogleMeet", "MS-UPDATE": "WindowsUpdate", "OFFICE365": "Microsoft365",
    "UBUNTU": "Canonical"}
# What nDPI does not tell from the rest of the web
UNKNOWN_TO_NDPI = {"ADOBE", "BOX-NET", "DEBIAN", "DOCKER", "IMGUR", "MEDIAFIRE", "MEGA", "ONEDRIVE", "OPENAI", "PAYPAL", "PYPI",
                   "STACKOVERFLOW", "WETRANSFER"}
# Where we stay with ours, and what nDPI says
KEPT = {
    "amazon.co.uk": "", "one.one.one.one": "", "telegram.org": "",  # it knows other names of theirs alone
    "aws.amazon.com": "Amazon", "chat.reddit.com": "Reddit", "mzstatic.com": "Apple", "bing.com": "Microsoft365",
    "maps.googleapis.com": "GoogleServices",  # ours is the narrower
    "googleapis.com": "GoogleServices", "cloudfront.net": "AWS_Cloudfront", "outlook.com": "Outlook",  # ours is the wider
    "sharepoint.com": "MS_OneDrive", "skype.com": "Teams",  # it counts them to another product of the same maker
    "media-amazon.com": "AmazonVideo"}  # most of its pictures are the shop's
HOSTS = {host: application.name.removeprefix(applications.PREFIX) for application in applications.predefined().values()
         for host in application.hosts if "/" not in host and application.name.split(":")[1] not in UNKNOWN_TO_NDPI}


def ndpi(path: Path, sessions: list[tuple[int, Stream]]) -> list[tuple[str, int]]:
    """What nDPI finds in sessions with servers of their own at these ports, and how sure it is of each."""
    with path.open("wb") as capture:
        capture.write(pcapng.section_header() + pcapng.interface_description())
        for number, (port, stream) in enumerate(sessions):
            frames = TcpFrames(FiveTuple(ip_address("192.0.2.10"), 20_000 + number, ip_address("203.0.113.0") + number, port))
            sent = frames.open() + [frame for side, data in stream for frame in frames.data(side, data)]
            for frame in (*sent, *frames.finish(C2S), *frames.finish(S2C)):
                capture.write(pcapng.enhanced_packet(frame, 1_700_000_000.0 + number))
    found = {flow.src_port - 20_000: flow for flow in nfstream.NFStreamer(str(path), n_meters=1)}
    return [(found[number].application_name, found[number].application_confidence) for number in range(len(sessions))]


def test_protocols(tmp_path: Path) -> None:
    theirs = ndpi(tmp_path / "x.pcapng", [(port, stream) for _, port, stream in PROTOCOLS.values()])
    assert {ours: (name.rpartition(".")[2], sure) for ours, (name, sure) in zip(PROTOCOLS, theirs, strict=True)} == {
        ours: (name, LOOKED_INTO) for ours, (name, _, _) in PROTOCOLS.items()}
    assert {ours: told(shown(identifier(), *stream))[0] for ours, (_, _, stream) in PROTOCOLS.items()} == {
        ours: ours for ours in PROTOCOLS}


@pytest.mark.parametrize("carrier", ["TLS", "HTTP"])
def test_applications_behind_a_name(tmp_path: Path, carrier: str) -> None:
    streams: dict[str, Stream] = {host: [(C2S, record(hello(extension(0, vector(2, host_name(host.encode())))))
                                          if carrier == "TLS" else GET % host.encode())] for host in HOSTS}
    theirs = ndpi(tmp_path / "x.pcapng", [(443 if carrier == "TLS" else 80, stream) for stream in streams.values()])
    names = {host: (carrier, KEPT.get(host, CALLED.get(ours, ours))) for host, ours in HOSTS.items()}
    assert {host: name.casefold() for host, (name, _) in zip(HOSTS, theirs, strict=True)} == {
        host: ".".join(filter(None, parts)).casefold() for host, parts in names.items()}
    assert {sure for _, sure in theirs} == {LOOKED_INTO}
    assert {host: told(shown(identifier(), *stream))[1] for host, stream in streams.items()} == HOSTS
