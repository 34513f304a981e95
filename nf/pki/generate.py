"""What an operator has made on the box: key pairs, self-signed certificates and certificate requests, as objects."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv4Address, IPv6Address

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from nf.pki.authority import CLOCK_SKEW, KeyType, PrivateKey, key_usage

SELF_SIGNED_DAYS = 1825  # five years, as the devices do
SIZES: dict[KeyType, tuple[int, ...]] = {"rsa": (2048, 4096), "ecdsa": (256, 384, 521)}  # the first is the default
_CURVES: dict[int, ec.EllipticCurve] = {256: ec.SECP256R1(), 384: ec.SECP384R1(), 521: ec.SECP521R1()}
_ATTRIBUTE = re.compile(r"(^|\s*(?<!\\)[,+])\s*([A-Za-z]+|[0-9.]+)\s*=\s*")
_BESIDES_RFC_4514 = {"EMAILADDRESS": NameOID.EMAIL_ADDRESS, "E": NameOID.EMAIL_ADDRESS, "S": NameOID.STATE_OR_PROVINCE_NAME,
                     "SN": NameOID.SERIAL_NUMBER}


@dataclass(frozen=True, slots=True)
class Identity:
    """Whom a certificate is for: a subject, and what its subjectAltName holds."""

    subject: x509.Name
    domain_name: str = ""
    email: str = ""
    address: IPv4Address | IPv6Address | None = None

    @property
    def alternative_names(self) -> list[x509.GeneralName]:
        """Its names beside the subject; ValueError where one is not ASCII."""
        names: list[x509.GeneralName] = []
        if self.domain_name:
            names.append(x509.DNSName(self.domain_name))
        if self.email:
            names.append(x509.RFC822Name(self.email))
        return [*names, x509.IPAddress(self.address)] if self.address is not None else names


def generate_key(key_type: KeyType = "rsa", size: int | None = None) -> PrivateKey:
    """A fresh key; ValueError for a size that clients would not take or that there is not."""
    sizes = SIZES[key_type]
    if size is not None and size not in sizes:
        raise ValueError(f"size {size}: expected {' or '.join(map(str, sizes))} for {key_type}")
    if key_type == "rsa":
        return rsa.generate_private_key(public_exponent=65537, key_size=size or sizes[0])
    return ec.generate_private_key(_CURVES[size or sizes[0]])


def read_subject(text: str) -> x509.Name:
    """A subject as operators write it, `CN=…,O=…,C=…` with or without blanks; ValueError without a common name."""
    written = _ATTRIBUTE.sub(lambda match: f"{match[1].strip()}{match[2].upper()}=", text.strip())
    try:
        subject = x509.Name.from_rfc4514_string(written, _BESIDES_RFC_4514)
    except ValueError as error:
        raise ValueError(f"subject {text!r}: {str(error) or 'not of that form'}; expected CN=…,O=…,C=…") from error
    if not subject.get_attributes_for_oid(NameOID.COMMON_NAME):
        raise ValueError(f"subject {text!r}: no common name; expected CN=…,O=…,C=…")
    return subject


def self_signed(identity: Identity, key: PrivateKey, *, is_ca: bool, at: datetime) -> x509.Certificate:
    """A certificate that signs itself: a CA's, or a server's. Valid for five years and the day before."""
    public_key = key.public_key()
    builder = (x509.CertificateBuilder().subject_name(identity.subject).issuer_name(identity.subject).public_key(public_key)
               .serial_number(x509.random_serial_number())
               .not_valid_before(at - CLOCK_SKEW).not_valid_after(at + timedelta(days=SELF_SIGNED_DAYS))
               .add_extension(x509.BasicConstraints(ca=is_ca, path_length=None), critical=True)
               .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
               .add_extension(_usage(key, is_ca=is_ca), critical=True))
    if not is_ca:
        builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
    if names := identity.alternative_names:
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    return builder.sign(key, hashes.SHA256())


def request(identity: Identity, key: PrivateKey) -> x509.CertificateSigningRequest:
    """A PKCS #10 request for a CA elsewhere."""
    builder = x509.CertificateSigningRequestBuilder().subject_name(identity.subject)
    if names := identity.alternative_names:
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    return builder.sign(key, hashes.SHA256())


def _usage(key: PrivateKey, *, is_ca: bool) -> x509.KeyUsage:
    if is_ca:
        return key_usage(key_cert_sign=True, crl_sign=True)
    return key_usage(digital_signature=True, key_encipherment=isinstance(key, rsa.RSAPrivateKey))
