"""Mends five defects of os-ken's native hub (threads), each of which lets an application go deaf without a word.

D1  one exception in a handler ends the application's event loop (`hub.TaskExit` is `Exception`)
D2  a switch that closes its connection is never reported dead (the receiving loop waits for the sending one)
D3  `hub.Event.wait(timeout)` never returns (its time-out cannot interrupt the wait)
D4  the process cannot end while a loop waits (threads are no daemons)
D5  `hub.getcurrent` is a thread, not a function

`mend()` looks for each and mends what it finds, so a release that mends one itself needs no change here. It must run
before `os_ken.base.app_manager` is imported. Seen in os-ken 4.2.2; os-ken 4.x is accepted.
"""

import threading
from collections.abc import Callable
from importlib import import_module
from importlib.metadata import version
from typing import Any

_MAJOR = "4"
hub: Any = import_module("os_ken.lib.hub")  # what is patched here has no useful types


class UnsupportedHubError(Exception):
    """This os-ken, or the hub that was chosen for it, is not one that this program knows how to run on."""


class TaskExit(BaseException):
    """What ends a loop on purpose; os-ken never raises it on threads, so no handler's exception is taken for it."""


def mend() -> frozenset[str]:
    """Mend what is broken and say what was; doing it again changes nothing. Raises UnsupportedHubError."""
    release = version("os-ken")
    if release.partition(".")[0] != _MAJOR:
        raise UnsupportedHubError(f"os-ken {release} is installed; expected {_MAJOR}.x")
    if hub.HUB_TYPE != "native":
        raise UnsupportedHubError(f"OSKEN_HUB_TYPE is '{hub.HUB_TYPE}'; expected 'native', or unset")
    found = defects()
    for defect in found:
        _MENDS[defect]()
    return found


def defects() -> frozenset[str]:
    """Which of the five are there now."""
    return frozenset(name for name, broken in _TELLS.items() if broken())


def _d1_exceptions_end_loops() -> bool:
    return issubclass(Exception, hub.TaskExit)


def _d2_closed_switches_live_on() -> bool:
    return not getattr(_datapath_class()._recv_loop, "says_goodbye", False)  # noqa: SLF001 - the broken method


def _d3_waits_never_end() -> bool:
    return not issubclass(hub.Event, threading.Event)


def _d4_threads_outlive_the_program() -> bool:
    return not hub.HubThread(target=int, kwargs={}).daemon


def _d5_current_thread_is_no_function() -> bool:
    return not callable(hub.getcurrent)


def _mend_d1() -> None:
    hub.TaskExit = TaskExit


def _mend_d2() -> None:
    datapath_class = _datapath_class()
    receive = datapath_class._recv_loop  # noqa: SLF001 - the broken method

    def receive_and_say_goodbye(datapath: Any) -> None:
        try:
            receive(datapath)
        finally:
            datapath.close()  # tells the application at once
            datapath.send(b"", close_socket=True)  # wakes the sending loop, which waits for work

    vars(receive_and_say_goodbye)["says_goodbye"] = True
    datapath_class._recv_loop = receive_and_say_goodbye  # noqa: SLF001


def _mend_d3() -> None:
    hub.Event = threading.Event


def _mend_d4() -> None:
    class DaemonThread(hub.HubThread):  # type: ignore[misc] # an untyped class
        """A hub thread that does not keep the program alive."""

        def __init__(self, target: Callable[..., object], args: tuple[object, ...] = (),
                     kwargs: dict[str, object] | None = None) -> None:
            super().__init__(target, args, {} if kwargs is None else kwargs)
            self.daemon = True

    hub.HubThread = DaemonThread


def _mend_d5() -> None:
    hub.getcurrent = threading.current_thread


def _datapath_class() -> Any:
    import_module("os_ken.base.app_manager")  # first, or the next import is circular
    return import_module("os_ken.controller.controller").Datapath


# D1, D3, D4 and D5 first: D2 imports what was built on them.
_MENDS = {"D1": _mend_d1, "D3": _mend_d3, "D4": _mend_d4, "D5": _mend_d5, "D2": _mend_d2}
_TELLS = {"D1": _d1_exceptions_end_loops, "D3": _d3_waits_never_end, "D4": _d4_threads_outlive_the_program,
          "D5": _d5_current_thread_is_no_function, "D2": _d2_closed_switches_live_on}
