"""Starts the controller in this process: os-ken without its own command line, one listener, a clean end."""
# mypy: allow-untyped-calls
# (os-ken has no types)

import os
import signal
import socket
import sys
import time
from collections.abc import Callable
from contextlib import closing
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any, Protocol, TypeAlias

from nf.config.configuration import Configuration
from nf.controller.app import Handshake, Steering  # first: it mends os-ken's hub
from nf.controller.bridging import Bridging
from nf.controller.events import Event, PacketIn
from nf.controller.intake import guard
from nf.controller.operation import Operation
from nf.controller.steering import idle_interfaces
from nf.controller.topology import Topology
from nf.log.records import LogRecord

# isort: split
from os_ken import cfg
from os_ken.base.app_manager import AppManager, unregister_app
from os_ken.controller.controller import Datapath

LISTEN = "127.0.0.1:6653"  # the port that IANA has given to OpenFlow
_ECHO_SECONDS, _ECHOES_MISSED = 1.0, 2  # a silent switch is noticed after about three seconds
_TICK_SECONDS = 0.5
_MOST_WAITING = 1000  # events; while more wait, packets are forgotten, as a meter would have done
Log: TypeAlias = Callable[[tuple[LogRecord, ...]], None]


class ListenError(Exception):
    """The controller cannot listen where it was told to."""


def tell(line: str) -> None:
    """Write a line for the operator to standard error."""
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


def run(configuration: Configuration, topology: Topology, log: Log, listen: str = LISTEN,
        report: Callable[[str], None] = tell) -> None:
    """Serve switches until SIGINT or SIGTERM; call from the main thread. Raises TopologyError, ListenError."""
    _serve(Controller(configuration, topology, log, listen, report))


def learn(topology: Topology | None, listen: str = LISTEN, report: Callable[[str], None] = tell) -> None:
    """The same for switches that only learn who is where; raises ListenError."""
    _serve(Server(Bridging(topology, report), listen, report))


def _serve(server: "Server") -> None:
    former = {number: signal.signal(number, lambda *_: server.stop()) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        server.serve()
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)


class Work(Protocol):
    """What a controller does about events; one thread calls it. `now` is in seconds of a monotonic clock."""

    def receive(self, event: Event, now: float) -> None:
        """Take in one event."""

    def tick(self, now: float) -> None:
        """Notice what has not happened in time."""

    def close(self) -> None:
        """End every connection; the entries stay."""


class Server:
    """Listens from the moment it exists; `serve` does the work in the thread that calls it, `stop` ends it."""

    def __init__(self, work: Work, listen: str, report: Callable[[str], None]) -> None:
        self._report = report
        self._task = work
        self._inbox: SimpleQueue[Event | None] = SimpleQueue()  # its put() may be called by a signal handler
        self._socket = _listening(listen)
        host, port = self._socket.getsockname()[:2]
        self.address: tuple[str, int] = (host, port)

    def serve(self) -> None:
        """Accept switches and give them their entries until `stop`."""
        applications = _applications(self._put)
        Thread(target=self._accept, name="accept", daemon=True).start()
        host, port = self.address
        self._report(f"ready: OpenFlow 1.3 on {f'[{host}]' if ':' in host else host}:{port}")
        try:
            self._work()
        finally:
            self._socket.shutdown(socket.SHUT_RDWR)  # wakes the accepting thread
            self._socket.close()
            self._task.close()
            for application in applications:
                unregister_app(application)
                application.stop()

    def stop(self) -> None:
        """End `serve` soon; may be called from anywhere, also by a signal handler."""
        self._inbox.put(None)

    def _put(self, event: Event) -> None:
        if not isinstance(event, PacketIn) or self._inbox.qsize() < _MOST_WAITING:
            self._inbox.put(event)

    def _work(self) -> None:
        while True:
            try:
                event = self._inbox.get(timeout=_TICK_SECONDS)
            except Empty:
                self._task.tick(time.monotonic())
                continue
            if event is None:
                return
            self._task.receive(event, time.monotonic())
            self._task.tick(time.monotonic())

    def _accept(self) -> None:
        while True:
            try:
                connection, address = self._socket.accept()
            except OSError:
                return  # closed: the controller ends
            Thread(target=self._serve_switch, args=(connection, address), name="switch", daemon=True).start()

    def _serve_switch(self, connection: socket.socket, address: Any) -> None:
        with closing(connection), closing(Datapath(connection, address)) as datapath:
            try:
                datapath.serve()
            except Exception as error:  # noqa: BLE001 - os-ken's parsers raise anything on a malformed message
                self._report(f"switch at {address[0]} sent what is not OpenFlow ({type(error).__name__}): disconnected")


class Controller(Server):
    """The one that steers by policies; raises TopologyError where they ask for what the topology has not."""

    def __init__(self, configuration: Configuration, topology: Topology, log: Log, listen: str,
                 report: Callable[[str], None]) -> None:
        super().__init__(Operation(configuration, topology, report, log), listen, report)
        for interface in idle_interfaces(configuration, topology):
            report(f"warning: interface {interface} is in no security zone: nothing passes there")


def _applications(put: Callable[[Event], None]) -> list[Any]:
    """os-ken's applications, started: the handshake and the one that hands events to `put`."""
    guard()
    cfg.CONF(args=[], project="srxnf", default_config_files=[], default_config_dirs=[])
    cfg.CONF.set_override("echo_request_interval", _ECHO_SECONDS)
    cfg.CONF.set_override("maximum_unreplied_echo_requests", _ECHOES_MISSED)
    manager = AppManager()
    steering = manager.instantiate(Steering, put)
    handshake = manager.instantiate(Handshake)
    for application in (steering, handshake):
        application.start()
    return [steering, handshake]


def _listening(listen: str) -> socket.socket:
    host, _, port = listen.rpartition(":")
    if not (host and port.isdecimal() and int(port) <= 0xFFFF):
        raise ListenError(f"'{listen}': expected an address and a port, such as {LISTEN} or [::1]:6653")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host.strip("[]"), int(port)), family=family, backlog=50)
    except OSError as error:
        raise ListenError(f"cannot listen on {listen}: {os.strerror(error.errno) if error.errno else error}") from None
