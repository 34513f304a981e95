"""What an operator puts into a PKI directory and takes out of it; nothing there is overwritten but an older CRL.

Files from elsewhere may be PEM or DER. Whatever is wrong is a PkiError that names the file.
"""

import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import dsa
from cryptography.hazmat.primitives.serialization import Encoding

from nf.pki import pem
from nf.pki.authority import KeyType, PrivateKey
from nf.pki.certificate import Certificate, read
from nf.pki.crl import RevocationList, read_list
from nf.pki.crl_renewal import merged
from nf.pki.files import PRIVATE, PkiError, good_crls, key_text, read_certificates, read_file, read_key, replace, write_new
from nf.pki.generate import Identity, generate_key, request, self_signed
from nf.pki.revocation import read_crl
from nf.pki.rules import issuer_fault
from nf.pki.store import CA, CRL, LOCAL

SYSTEM_BUNDLES = (
    Path("/etc/ssl/certs/ca-certificates.crt"), Path("/etc/pki/tls/certs/ca-bundle.crt"), Path("/etc/ssl/cert.pem"))
# What may be cleared, and the file that is taken away.
KINDS = {"local-certificate": (LOCAL, ".crt"), "key-pair": (LOCAL, ".key"), "certificate-request": (LOCAL, ".csr"),
         "ca-certificate": (CA, ".crt"), "crl": (CRL, ".crl")}


@dataclass(frozen=True, slots=True)
class Holdings:
    """A PKI directory that is being changed."""

    directory: Path

    def path(self, kind: str, name: str) -> Path:
        """Where one is, or would be."""
        room, suffix = KINDS[kind]
        return self.directory / room / f"{name}{suffix}"

    def names(self, kind: str) -> list[str]:
        """Those that are there."""
        room, suffix = KINDS[kind]
        try:
            found = sorted((self.directory / room).iterdir())
        except OSError as error:
            raise PkiError(self.directory / room, f"cannot be read: {error.strerror}; `srxnf pki init` makes it") from error
        return [path.stem for path in found if path.suffix == suffix and not path.name.startswith(".")]

    def generate_key_pair(self, certificate_id: str, key_type: KeyType = "rsa", size: int | None = None) -> PrivateKey:
        """A new key under this certificate id, in a file that only its owner may open."""
        key = generate_key(key_type, size)
        write_new(self.path("key-pair", certificate_id), key_text(key), PRIVATE)
        return key

    def generate_self_signed(self, certificate_id: str, identity: Identity, *, is_ca: bool, at: datetime) -> x509.Certificate:
        """A certificate for the key pair of this certificate id, signed with it."""
        certificate = self_signed(identity, self._key(certificate_id), is_ca=is_ca, at=at)
        write_new(self.path("local-certificate", certificate_id), certificate.public_bytes(Encoding.PEM))
        return certificate

    def generate_request(self, certificate_id: str, identity: Identity) -> bytes:
        """A certificate request for the key pair of this certificate id, as PEM."""
        text = request(identity, self._key(certificate_id)).public_bytes(Encoding.PEM)
        write_new(self.path("certificate-request", certificate_id), text)
        return text

    def load_local(self, certificate_id: str, file: Path, key: Path | None = None,
                   passphrase: str | None = None) -> Sequence[x509.Certificate]:
        """A certificate, with its chain after it, for a key that comes along or that is here already."""
        chain = [x509.load_der_x509_certificate(der) for der in from_file(file, pem.CERTIFICATE, _is_certificate)]
        target = self.path("local-certificate", certificate_id)
        if target.exists():
            raise PkiError(target, f"exists; clear security pki local-certificate certificate-id {certificate_id}")
        private = self._key(certificate_id) if key is None else read_key(key, passphrase, private=False)
        if chain[0].public_key() != private.public_key():
            raise PkiError(file, "certificate and key do not belong together")
        if key is not None:
            write_new(self.path("key-pair", certificate_id), key_text(private), PRIVATE)
        write_new(target, b"".join(one.public_bytes(Encoding.PEM) for one in chain))
        return chain

    def export_local(self, certificate_id: str, file: Path, encoding: Encoding) -> None:
        """The certificate alone, in a new file."""
        source = self.path("local-certificate", certificate_id)
        write_new(file, x509.load_der_x509_certificate(read_certificates(source)[0]).public_bytes(encoding))

    def load_ca(self, ca_profile: str, file: Path) -> Sequence[bytes]:
        """The certificates of a CA profile, as DER."""
        ders = from_file(file, pem.CERTIFICATE, _is_certificate)
        self._write_ca(ca_profile, ders)
        return ders

    def load_group(self, name: str, file: Path, at: datetime) -> tuple[int, Sequence[tuple[str, str]]]:
        """Those of a file's CA certificates that may be trusted: how many, and the subject of each other one with why not."""
        own = {certificate.key_der for one in self.names("local-certificate") for certificate in self._local(one)}
        good, skipped = [], []
        for der in dict.fromkeys(from_file(file, pem.CERTIFICATE, lambda _: True)):
            certificate = read(der)
            reason = "not well-formed" if certificate is None else _unfit(certificate, own, at)
            if certificate is None or reason:
                skipped.append(("" if certificate is None else certificate.parsed.subject.rfc4514_string(), reason))
            else:
                good.append(der)
        if not good:
            raise PkiError(file, "holds no CA certificate that may be trusted")
        self._write_ca(name, good)
        return len(good), skipped

    def load_crl(self, ca_profile: str, file: Path) -> Sequence[x509.CertificateRevocationList]:
        """CRLs for a CA profile, each in place of an older one of its issuer; PkiError for one that is older itself."""
        ders = from_file(file, pem.CRL, lambda der: read_crl(der) is not None)
        new = [one for one in map(read_list, ders) if one is not None]
        if not self.keep_crls(ca_profile, new):
            raise PkiError(file, f"is older than the one that is loaded; clear security pki crl ca-profile {ca_profile}")
        return [one.parsed for one in new]

    def crls(self, ca_profile: str) -> list[RevocationList]:
        """The lists of a CA profile's file that can be read, none where it has no file."""
        target = self.path("crl", ca_profile)
        return [one for one in map(read_list, good_crls(target)[0] if target.exists() else ()) if one is not None]

    def keep_crls(self, ca_profile: str, new: Sequence[RevocationList]) -> bool:
        """Put lists in place of older ones of their issuers; False, and nothing changed, where one that is there is newer."""
        whole = merged(self.crls(ca_profile), new)
        if whole is not None:
            ders = [one.parsed.public_bytes(Encoding.DER) for one in whole]
            replace(self.path("crl", ca_profile), pem.write(ders, pem.CRL))
        return whole is not None

    def clear(self, kind: str, name: str | None) -> list[str]:
        """Take one of a kind away, or all; returns which. A key pair goes after its certificate."""
        names = self.names(kind) if name is None else [name]
        for one in names:
            if kind == "key-pair" and self.path("local-certificate", one).exists():
                raise PkiError(self.path(kind, one), f"is used: clear security pki local-certificate certificate-id {one}")
        for one in names:
            try:
                self.path(kind, one).unlink()
            except OSError as error:
                raise PkiError(self.path(kind, one), f"cannot be taken away: {error.strerror}") from error
        return names

    def _key(self, certificate_id: str) -> PrivateKey:
        path = self.path("key-pair", certificate_id)
        if not path.exists():
            raise PkiError(path, f"no key pair; request security pki generate-key-pair certificate-id {certificate_id}")
        return read_key(path)

    def _local(self, certificate_id: str) -> list[Certificate]:
        ders = pem.parts(read_file(self.path("local-certificate", certificate_id)), pem.CERTIFICATE)[0]
        return [certificate for certificate in map(read, ders) if certificate is not None]

    def _write_ca(self, name: str, ders: Sequence[bytes]) -> None:
        target = self.path("ca-certificate", name)
        if target.exists():
            raise PkiError(target, f"exists; clear security pki ca-certificate ca-profile {name}")
        write_new(target, pem.write(ders, pem.CERTIFICATE))


def system_bundle() -> Path:
    """The file of CA certificates that this machine trusts; PkiError if it has none."""
    known = ssl.get_default_verify_paths().cafile
    for path in ((Path(known),) if known else ()) + SYSTEM_BUNDLES:
        if path.is_file():
            return path
    raise PkiError(SYSTEM_BUNDLES[0], "no such file, nor any other that systems keep their CA certificates in; name one")


def is_revoked(certificate: Certificate, issuer: Certificate, crls: Sequence[bytes]) -> bool:
    """Whether a CRL of this issuer names the certificate, whenever it was made."""
    if issuer.key is None or isinstance(issuer.key, dsa.DSAPublicKey):
        return False
    lists = [crl for crl in map(read_crl, crls) if crl is not None and crl.issuer.public_bytes() == issuer.subject]
    return any(crl.get_revoked_certificate_by_serial_number(certificate.serial) is not None
               and crl.is_signature_valid(issuer.key) for crl in lists)


def from_file(file: Path, label: str, is_good: Callable[[bytes], bool]) -> tuple[bytes, ...]:
    """The DER blocks of a file in PEM or DER, each of them good."""
    text = read_file(file)
    try:
        found = pem.blocks(text, label) if b"-----BEGIN" in text else [text]
    except ValueError as error:
        raise PkiError(file, f"{error}; expected PEM or DER") from error
    if not found or not all(map(is_good, found)):
        raise PkiError(file, f"expected {'CRLs' if label == pem.CRL else 'certificates'} in PEM or DER, each well-formed")
    return tuple(found)


def _is_certificate(der: bytes) -> bool:
    return read(der) is not None


def _unfit(certificate: Certificate, own: set[bytes], at: datetime) -> str:
    if certificate.key_der in own:
        return "the box's own"
    fault = issuer_fault(certificate, at, anchor=True)
    return "" if fault is None else fault.detail or fault.reason.value
