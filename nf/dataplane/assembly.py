"""Makes what the workers need of a configuration and a PKI directory: at the start, and whenever these say something new."""

import contextlib
import resource
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from math import inf
from pathlib import Path
from typing import Final

from nf import services
from nf.config import ConfigError
from nf.config.configuration import Configuration
from nf.dataplane.bulletins import Board
from nf.dataplane.cache_room import SITES, Rooms
from nf.dataplane.certificates import SslEngine
from nf.dataplane.credentials import ProfileError, credentials
from nf.dataplane.crl_errand import CrlErrand
from nf.dataplane.device import About
from nf.dataplane.duties import Duties
from nf.dataplane.faults import NONE, FaultError, Faults
from nf.dataplane.feed_errand import FeedErrand
from nf.dataplane.fetching import Errand
from nf.dataplane.key_log import KeyLog, KeyLogError
from nf.dataplane.mirror import Mirrors, mirrors
from nf.dataplane.plaintext import Plaintext
from nf.dataplane.tracing import Tracer, tracer
from nf.dataplane.wiring import Wiring
from nf.flow.first_path import FirstPath
from nf.pki import PkiError, PkiStore
from nf.pki.store import CRL
from nf.policy.security_intelligence import SecurityIntelligence
from nf.policy.tcp_session import TcpSession
from nf.services import ServiceError
from nf.sinks import Rotation, Sinks, StreamError
from nf.sinks.client_context import client_context
from nf.sinks.targets import targets
from nf.sslproxy.learned import Lessons
from nf.sslproxy.plan import Timeouts

DEFAULT_PLATFORM: Final = "srx5400-2spc2"


class LaunchError(Exception):
    """What was asked for cannot be run; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Options:
    """How to run: worker processes, platform, log files (none is standard output), control socket, when log files are
    turned over, the file that gets the keys of sessions, what is to fail, and where the plaintext of sessions goes.
    """

    workers: int
    platform: str = DEFAULT_PLATFORM
    logs: tuple[Path, ...] = ()
    control: Path | None = None
    rotation: Rotation = Rotation()
    key_log: Path | None = None
    faults: Faults = NONE
    pcap: Path | None = None
    pcap_over_ip: tuple[str, int] | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """What the operator's files say: the configuration, its text, the PKI directory."""

    configuration: Configuration
    text: str
    store: PkiStore


class Assembly:
    """`read` reads the files, `wire` tells how the configuration's interfaces are reached; both raise one of FAILURES.

    `devices` are network devices by the logical interfaces that they are.
    """

    def __init__(self, read: Callable[[], Source], wire: Callable[[Configuration], tuple[Configuration, Wiring]],
                 options: Options, devices: Mapping[str, str] | None = None) -> None:
        self._read, self._wire, self._options, self._devices = read, wire, options, devices or {}
        self.source = read()
        self._keys = _key_log(options)
        self._plaintext = Plaintext(options.pcap, options.pcap_over_ip)
        sys.stderr.writelines(f"srxnf: {warning}\n" for warning in self._plaintext.warnings)
        self._sinks: Sinks | None = None
        self._tracer: Tracer | None = None
        self._lessons, self._board = Lessons(), Board()
        self._engaged: tuple[services.Engaged, ...] = ()
        self._looked_at = ""  # the digest of the PKI directory when CRLs were last looked for

    def parts(self) -> tuple[Duties, About]:
        """Duties from the present source, with ticket keys of their own."""
        return self._assembled(self.source)

    def read_again(self) -> tuple[Duties, About] | None:
        """Duties from what the files say now, None where that is the same; where they are wrong the source stays."""
        source, before = self._read(), self.source
        if (source.configuration.digest, source.text, source.store.digest) == (
                before.configuration.digest, before.text, before.store.digest) and not self._is_stale():
            return None
        for problem in _damaged_crls(source.store):
            raise problem
        assembled = self._assembled(source)
        self.source = source
        if _of_the_start(source.configuration) != _of_the_start(before.configuration):
            sys.stderr.write("srxnf: host-name and security log change at the next start only\n")
        return assembled

    def _is_stale(self) -> bool:
        """Whether files that services were made from have changed."""
        return any(stale() for one in self._engaged if (stale := one.offers("stale")) is not None)

    def new_crls(self) -> PkiStore | None:
        """The PKI directory, where nothing in it but CRLs has changed; what else has waits for `read_again`.

        A list that cannot be read is told once, and takes nobody's place.
        """
        before = self.source.store
        with contextlib.suppress(PkiError, OSError):
            if before.changed():
                now = PkiStore.load(before.directory)
                if now.digest != self._looked_at:
                    self._looked_at = now.digest
                    return self._taken(now, before)
        return None

    def _taken(self, now: PkiStore, before: PkiStore) -> PkiStore | None:
        bad = _damaged_crls(now)
        for problem in bad:
            sys.stderr.write(f"srxnf: {problem}; the CRLs from before stay in use\n")
        if bad or now.ca_profiles != before.ca_profiles or not _same_keys(now, before):
            return None
        self.source = replace(self.source, store=now)
        return now if now.crl_profiles != before.crl_profiles else None

    def _assembled(self, source: Source) -> tuple[Duties, About]:
        configuration, wiring = self._wire(source.configuration)
        self._engaged = services.engage(configuration.systems)
        sys.stderr.writelines(f"srxnf: warning: {note}\n" for note in services.notes(self._engaged, configuration.systems))
        first_path = FirstPath(configuration.systems, self._engaged,
                               configuration.non_ssl_threshold, _timeouts(configuration.tcp_session),
                               profile_at_once=configuration.ssl_global.disable_deferred_profile_selection)
        engines = engines_of(configuration, source.store, self._options.platform, self._keys,
                             self._options.faults.of.get("certificate-cache", SITES))
        sys.stderr.writelines(f"srxnf: profile {key}: {engine.summary}\n" for key, engine in engines.items())
        about = self._about(source, engines)
        outputs = self._outputs(source)
        beside = self._options.logs[0].parent if self._options.logs else Path()
        self._tracer = tracer(configuration.tracing, about.profiles, beside, self._tracer)
        if self._tracer is not None:
            about = replace(about, tracing=str(self._tracer.path))
        return Duties(first_path, engines, wiring, outputs, self._tracer, partial(client_context, source.store),
                      configuration.flow, self._board, self._lessons, self._options.faults, self._mirrors(configuration),
                      self._plaintext.stream), about

    def _mirrors(self, configuration: Configuration) -> Mirrors | None:
        in_use = tuple(configuration.systems.profiles_in_use.values())
        return mirrors(self._plaintext.outputs, in_use, self._devices)

    def _outputs(self, source: Source) -> Sinks:
        """Made once: their files and their way to syslog servers belong to all generations of workers."""
        if self._sinks is None:
            configuration = source.configuration
            streams = targets(configuration.security_log, configuration.initiation_profiles, source.store)
            self._sinks = Sinks(configuration.host_name, self._options.logs, self._options.rotation, streams)
        return self._sinks

    def _about(self, source: Source, engines: Mapping[str, SslEngine]) -> About:
        configuration = source.configuration
        profiles = {one.key: one for system in configuration.systems.all for one in system.ssl_profiles.values()}
        return About(configuration.host_name, source.text, configuration.digest, profiles, configuration.ssl_global,
                     {name: engine.grade.value for name, engine in engines.items()},
                     initiation_profiles=configuration.initiation_profiles, store=source.store,
                     key_log=str(self._options.key_log or ""), faults=self._options.faults.words,
                     ca_profiles=configuration.ca_profiles,
                     errands=tuple(_errands(source)))


def _timeouts(tcp: TcpSession) -> Timeouts:
    half_closed = inf if tcp.half_closed_timeout is None else float(tcp.half_closed_timeout)
    return Timeouts(connect=float(tcp.tcp_initial_timeout), half_closed=half_closed)


def _errands(source: Source) -> Iterator[Errand]:
    """What is to be fetched."""
    yield from (CrlErrand(source.store.directory, profile) for profile in source.configuration.ca_profiles.values()
                if profile.fetches)
    intelligence: SecurityIntelligence | None = source.configuration.services.get("security_intelligence")
    yield from (FeedErrand(feed) for feed in (intelligence.feeds if intelligence else ()) if feed.url)


def engines_of(configuration: Configuration, store: PkiStore, platform: str,
               keys: KeyLog | None = None, sites: int = SITES) -> dict[str, SslEngine]:
    """The engine of each profile that a policy names; their caches share one room."""
    settings = configuration.ssl_global
    rooms = Rooms.of(0 if settings.disable_cert_cache else sites, threshold=settings.cache_usage_enforcement_threshold)
    return {key: SslEngine(credentials(profile, configuration, store, platform), rooms, None if keys is None else keys.attach)
            for key, profile in configuration.systems.profiles_in_use.items()}


def _damaged_crls(store: PkiStore) -> list[PkiError]:
    return [problem for problem in store.problems if problem.path.parent.name == CRL]


def _same_keys(one: PkiStore, other: PkiStore) -> bool:
    return ({name: (local.certificate, local.chain) for name, local in one.local.items()}
            == {name: (local.certificate, local.chain) for name, local in other.local.items()})


def _of_the_start(configuration: Configuration) -> tuple[object, ...]:
    return configuration.host_name, configuration.security_log


def _key_log(options: Options) -> KeyLog | None:
    if options.key_log is None:
        return None
    keys = KeyLog(options.key_log)
    sys.stderr.write(f"srxnf: {keys.warning}\n")
    return keys


def set_limits() -> None:
    """Two descriptors a session: take as many as the system allows. And no core files: keys would lie in them."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


FAILURES: Final = (LaunchError, ConfigError, PkiError, ProfileError, StreamError, KeyLogError, FaultError, ServiceError,
                   OSError, UnicodeDecodeError)


def describe(error: BaseException) -> str:
    """The failure for an operator: a line, or one for each mistake of a configuration."""
    if isinstance(error, ConfigError):
        return "\nsrxnf: ".join(map(str, (error, *error.others)))
    if isinstance(error, UnicodeDecodeError):
        return f"{error.reason}: the configuration is not a text in UTF-8"
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    return str(error)
