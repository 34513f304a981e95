"""The certificates of one loopback network: a proxy's PKI directory, and origins with good and bad certificates."""

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from nf.pki import create_authority
from nf.pki.store import save_authority
from tests.pki.factory import CA, SERVER, Minted, mint, sans

NAME = "www.example.test"
DAY = timedelta(days=1)


class LoopbackPki:
    """`good` origins are known by NAME; the others are what their names say."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.now = datetime.now(UTC)
        self.root = self._mint("Origins Root", None, CA)
        self.stranger = self._mint("Unknown Root", None, CA)
        proxy = create_authority("SRX SSL proxy CA", "ecdsa", at=self.now)
        self.proxy_root = save_authority(directory / "pki", "ssl-proxy-ca", proxy)
        self.origin_root = directory / "pki" / "ca" / "lab-root.crt"
        self.origin_root.write_bytes(self.root.certificate.public_bytes(Encoding.PEM))
        self._write("good", self._mint(NAME, self.root, sans(NAME), SERVER))
        self._write("wrong-name", self._mint("other", self.root, sans("other.example.test"), SERVER))
        self._write("untrusted", self._mint(NAME, self.stranger, sans(NAME), SERVER))
        self._write("expired", self._mint(NAME, self.root, sans(NAME), SERVER, ends=self.now - DAY))

    def origin_context(self, certificate: str = "good", *alpn: str) -> ssl.SSLContext:
        """What an origin serves with."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.options &= ~ssl.OP_IGNORE_UNEXPECTED_EOF  # which some builds of Python set: a truncation is to be seen
        context.load_cert_chain(self.directory / f"{certificate}.pem")
        if alpn:
            context.set_alpn_protocols(list(alpn))
        return context

    def client_context(self, *alpn: str, highest: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3) -> ssl.SSLContext:
        """What a client behind the proxy connects with: it trusts the proxy's CA and no other."""
        context = ssl.create_default_context(cafile=str(self.proxy_root))
        context.options &= ~ssl.OP_IGNORE_UNEXPECTED_EOF
        context.maximum_version = highest
        if alpn:
            context.set_alpn_protocols(list(alpn))
        return context

    def add(self, file: str, *names: str) -> None:
        """One more origin, known by these names."""
        self._write(file, self._mint(names[0], self.root, sans(*names), SERVER))

    def crl(self, *revoked: str) -> bytes:
        """A list (PEM) of the origins' root that names these certificates."""
        builder = x509.CertificateRevocationListBuilder(self.root.certificate.subject, self.now - DAY, self.now + DAY)
        for name in revoked:
            leaf = x509.load_pem_x509_certificate((self.directory / f"{name}.pem").read_bytes())
            entry = x509.RevokedCertificateBuilder(leaf.serial_number, self.now - DAY).build()
            builder = builder.add_revoked_certificate(entry)
        aki = x509.AuthorityKeyIdentifier.from_issuer_public_key(self.root.key.public_key())
        builder = builder.add_extension(aki, critical=False).add_extension(x509.CRLNumber(1), critical=False)
        return builder.sign(self.root.key, SHA256()).public_bytes(Encoding.PEM)

    def _mint(self, name: str, issuer: Minted | None, *extensions: object, ends: datetime | None = None) -> Minted:
        return mint(name, issuer, extensions, begins=self.now - 30 * DAY, ends=ends or self.now + 30 * DAY)

    def _write(self, name: str, minted: Minted) -> None:
        key = minted.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        (self.directory / f"{name}.pem").write_bytes(minted.certificate.public_bytes(Encoding.PEM) + key)
