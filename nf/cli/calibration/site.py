"""A proxy of our own between clients and a server of our own, on the loopback, in a directory that goes when it ends."""

import shutil
import subprocess
import sys
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, Final, Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from nf.cli.calibration.server import Server
from nf.dataplane.control import ask
from nf.pki import create_authority
from nf.pki.authority import authority_key_identifier
from nf.pki.store import save_authority

NAME: Final = "www.example.test"
LOOPBACK: Final = "127.0.0.1"
PATIENCE: Final = 30.0  # seconds for a proxy to start, and for sessions to be over
_PROGRAM: Final = "import sys; from nf.cli.main import main; sys.exit(main())"
_CURVES: Final[dict[str, ec.EllipticCurve]] = {"p-256": ec.SECP256R1(), "p-384": ec.SECP384R1()}
_JUNOS: Final = """
system {{ host-name calibration; }}
interfaces {{ ge-0/0/0 {{ unit 0 {{ family ethernet-switching; }} }} ge-0/0/1 {{ unit 0 {{ family ethernet-switching; }} }} }}
security {{
    zones {{
        security-zone trust {{ interfaces {{ ge-0/0/0.0; }} application-tracking; }}
        security-zone untrust {{ interfaces {{ ge-0/0/1.0; }} }}
    }}
    policies {{ from-zone trust to-zone untrust {{ policy all {{
        match {{ source-address any; destination-address any; application any; }}
        then {{ permit {{ application-services {{ {asked} }} }} log {{ session-init; session-close; }} }} }} }} }}
    {service}
    pki {{ ca-profile servers {{ ca-identity servers; }} }}
}}
services {{ ssl {{ proxy {{ profile p {{ {certificate} {ciphers} actions {{ log {{ all; }} {actions} }} }} }} }} }}
"""
SERVICES: Final = {  # each by what policies ask for, and by what that is; their words for HTTP alone
    "idp": ("idp-policy i;", """idp { idp-policy i { rulebase-ips { rule r { match { attacks { predefined-attack-groups WEB; } }
        then { action { recommended; } notification { log-attacks; } } } } } }"""),
    "utm": ("utm-policy u;", """utm { feature-profile { content-filtering { profile f { block-content-type { exe; } } } }
        utm-policy u { content-filtering { http-profile f; } } }""")}
_FORWARD: Final = "root-ca ca; trusted-ca servers;"
_REVERSE: Final = "server-certificate [ server ];"
_FORGED: Final = ("p-256", "rsa-2048")  # keys of the certificates that a forward proxy makes


class CalibrationError(Exception):
    """What could not be measured, and why."""


class Site:
    """One proxy, with a key of that name, decrypting or not; on the modelled platform of that name where there is one.

    A forward proxy where its certificates can have such a key, else a reverse one; every session is logged.
    """

    def __init__(self, key: str = "p-256", *, decrypts: bool = True, resumes: bool = True, cbc: bool = False, service: str = "",
                 workers: int = 1, platform: str = "", server: int = 0) -> None:
        self.key = key
        self.directory = Path(mkdtemp(prefix="srxnf-calibration-"))
        self._process: subprocess.Popen[bytes] | None = None
        try:
            self._write_certificates(key)
            asked, what = SERVICES.get(service, ("", ""))
            junos = _JUNOS.format(asked=asked + " ssl-proxy { profile-name p; }" * decrypts, service=what,
                                  certificate=_FORWARD if key in _FORGED else _REVERSE,
                                  actions="" if resumes else "disable-session-resumption;",
                                  ciphers="preferred-ciphers medium;" if cbc else "")
            (self.directory / "srx.conf").write_text(junos, encoding="utf-8")
            self.server = Server(self.directory / "server.pem" if decrypts else None)
            self.connects_to = server or self.server.port
            self.address = LOOPBACK, Server.free_port()
            options = ["--spus", str(workers), *(["--platform", platform] if platform else [])]
            self._start([*options, "--connect", f"{LOOPBACK}:{self.connects_to}"])
        except BaseException:
            self.close()
            raise

    def _start(self, options: list[str]) -> None:
        words = [sys.executable, "-c", _PROGRAM, "proxy", "--config", "srx.conf", "--pki", "pki", "--control", "control",
                 "--log", "log.jsonl", "--listen", f"{LOOPBACK}:{self.address[1]}", *options]
        with (self.directory / "said").open("wb") as said:
            self._process = subprocess.Popen(words, cwd=self.directory, stdout=subprocess.DEVNULL, stderr=said)
        deadline = time.monotonic() + PATIENCE
        while "ready" not in (told := (self.directory / "said").read_text(encoding="utf-8")):
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise CalibrationError(f"the proxy does not start: {told.strip().rpartition(chr(10))[2]}")
            time.sleep(0.05)

    def ask(self, what: str) -> Any:
        """What the proxy shows of this."""
        return ask(self.directory / "control", {"show": what})

    def settle(self) -> None:
        """Wait until no session is left."""
        deadline = time.monotonic() + PATIENCE
        while self.ask("sessions")["total"]:
            if time.monotonic() > deadline:
                raise CalibrationError("sessions do not end")
            time.sleep(0.02)

    def close(self) -> None:
        """End all of it."""
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        with suppress(AttributeError):  # the server was not reached
            self.server.close()
        shutil.rmtree(self.directory, ignore_errors=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _write_certificates(self, key_name: str) -> None:
        """The CA of a forward proxy; another, and the certificate of the server, and of a reverse proxy."""
        now, key = datetime.now(UTC), _new_key(key_name)
        proxy = create_authority("Calibration, proxy", "rsa" if key_name == "rsa-2048" else "ecdsa", at=now)
        authority = create_authority("Calibration, servers", "ecdsa", at=now)
        save_authority(self.directory / "pki", "ca", proxy)
        public = authority.certificate.public_bytes(serialization.Encoding.PEM)
        (self.directory / "pki" / "ca" / "servers.crt").write_bytes(public)
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
        names = x509.SubjectAlternativeName([x509.DNSName(NAME), x509.IPAddress(ip_address(LOOPBACK))])
        builder = x509.CertificateBuilder(authority.certificate.subject, subject, key.public_key(), x509.random_serial_number(),
                                          now - timedelta(hours=1), now + timedelta(days=2))
        for extension in (names, x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]),
                          authority_key_identifier(authority.certificate)):
            builder = builder.add_extension(extension, critical=False)
        certificate = builder.sign(authority.key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
        secret = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        local = self.directory / "pki" / "local"
        for path, content in ((local / "server.crt", certificate), (local / "server.key", secret),
                              (self.directory / "server.pem", certificate + secret)):
            path.touch(0o600)
            path.write_bytes(content)


def _new_key(name: str) -> rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey:
    if name in _CURVES:
        return ec.generate_private_key(_CURVES[name])
    return rsa.generate_private_key(65537, int(name.removeprefix("rsa-")))
