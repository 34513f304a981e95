"""What each SSL proxy profile decrypts with: its statements, the PKI directory and the platform, put together."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from nf.config.configuration import Configuration
from nf.dataplane.certificates import CERTIFICATE_LIFETIME, ProfileCredentials
from nf.dataplane.forward_proxy import ForwardProxy
from nf.dataplane.reverse_proxy import ReverseProxy
from nf.pki import Authority, PkiStore, Signer, new_signer
from nf.pki.certificate import extension
from nf.pki.revocation_policy import revocation_policy
from nf.policy.profile import SslProxyProfile
from nf.tls.grade import profile_grade
from nf.tls.settings import TlsSettings, tls_settings
from nf.tls.suites import library

STRONG_KEYS_ASKED_FOR: Final = ("srx300", "srx320")  # platforms that take keys above this only when told to
USUAL_KEY: Final = 2048


class ProfileError(Exception):
    """A profile that cannot decrypt anything; the message says why, and what to change."""


def credentials(profile: SslProxyProfile, configuration: Configuration, store: PkiStore, platform: str) -> ProfileCredentials:
    """What the profile's engine is made of; ProfileError or PkiError where it cannot be."""
    settings = configuration.ssl_global
    problem = unstartable(profile)
    if problem is not None:
        raise ProfileError(problem)
    tls = tls_settings(profile, library(), settings.session_cache_timeout)
    proxy = _forward(profile, configuration, store, platform) if profile.root_ca else _reverse(profile, store)
    _check_key_types(profile, tls, proxy)
    lifetime = settings.certificate_cache_timeout
    return ProfileCredentials(
        profile.key, proxy, tls, profile_grade(tls, authenticates=profile.authenticates),
        CERTIFICATE_LIFETIME if lifetime is None else timedelta(seconds=lifetime),
        settings.invalidate_cache_on_crl_update, profile.logical_system)


def unstartable(profile: SslProxyProfile) -> str | None:
    """Why a profile cannot start whatever the certificates are; None if it could."""
    problem = tls_settings(profile, library()).problem
    if problem is None and profile.root_ca and not (profile.trusted_ca or profile.ignore_server_auth_failure):
        problem = "no trusted-ca, so no server could be authenticated"
    return None if problem is None else f"profile {profile.key}: {problem}"


def _forward(profile: SslProxyProfile, configuration: Configuration, store: PkiStore, platform: str) -> ForwardProxy:
    anchors = store.anchors(profile.trusted_ca)
    policy = revocation_policy(profile.crl, profile.trusted_ca, configuration.ca_profiles, store.ca_profiles)
    limited = platform in STRONG_KEYS_ASKED_FOR and not profile.allow_strong_certificate
    return ForwardProxy(tuple(_signers(profile, store)), anchors, store.crls(profile.trusted_ca), policy, store.cert_ids(),
                        USUAL_KEY if limited else None, tuple(_own_authorities(store)), profile.strict_certificates)


def _own_authorities(store: PkiStore) -> Iterator[bytes]:
    for held in store.local.values():
        constraints = extension(held.certificate, x509.BasicConstraints)
        if constraints is not None and constraints.ca:
            yield held.certificate.public_bytes(Encoding.DER)


def _signers(profile: SslProxyProfile, store: PkiStore) -> Iterator[Signer]:
    kinds: dict[str, str] = {}
    for name in profile.root_ca:
        authority = store.authority(name)
        _check_authority(profile, name, authority)
        if authority.key_type in kinds:
            raise ProfileError(f"profile {profile.key}: root-ca {kinds[authority.key_type]} and {name} both have "
                               f"{authority.key_type.upper()} keys; of two one is expected to be RSA, the other ECDSA")
        kinds[authority.key_type] = name
        yield new_signer(authority)


def _check_authority(profile: SslProxyProfile, name: str, authority: Authority) -> None:
    problem = authority.check(datetime.now(UTC))
    if problem is not None:
        raise ProfileError(f"profile {profile.key}: root-ca {name}: {problem}")


def _reverse(profile: SslProxyProfile, store: PkiStore) -> ReverseProxy:
    return ReverseProxy.of(store.server_certificates(profile.server_certificate).values())


def _check_key_types(profile: SslProxyProfile, tls: TlsSettings, proxy: ForwardProxy | ReverseProxy) -> None:
    """Every client would be refused where no cipher goes with a key that is there."""
    usable = {True, False} if any(suite.exchange == "tls13" for suite in tls.suites) else {
        suite.ecdsa for suite in tls.suites}
    held = {signer.key_type == "ecdsa" for signer in proxy.signers} if isinstance(proxy, ForwardProxy) else usable
    if not usable & held:
        kind, other = ("an ECDSA", "RSA") if held == {True} else ("an RSA", "ECDSA")
        raise ProfileError(f"profile {profile.key}: its ciphers need {other} certificates and root-ca has {kind} key")
