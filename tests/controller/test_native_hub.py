import socket
import subprocess
import sys
import threading
from queue import SimpleQueue

import pytest

from nf.controller import app, native_hub  # the app has mended the hub

# isort: split
from os_ken.base.app_manager import AppManager, OSKenApp, unregister_app
from os_ken.controller.controller import Datapath
from os_ken.controller.event import EventBase
from os_ken.controller.handler import set_ev_handler
from os_ken.lib import hub

ALL = ["D1", "D2", "D3", "D4", "D5"]
FRESH = """
from nf.controller import native_hub
print(sorted(native_hub.defects()), sorted(native_hub.mend()), sorted(native_hub.defects()), sorted(native_hub.mend()))
"""


def fresh(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False,
                          env={"PYTHONPATH": ".", "PATH": "/usr/bin:/bin", **environment})


def test_the_installed_os_ken_has_all_five_and_mending_leaves_none():
    """When this fails because a release of os-ken has mended one itself, its mend can go."""
    assert fresh(FRESH).stdout.strip() == f"{ALL} {ALL} [] []"


def test_the_deprecated_hub_is_refused(monkeypatch):
    monkeypatch.setattr(hub, "HUB_TYPE", "eventlet")
    with pytest.raises(native_hub.UnsupportedHubError, match="is 'eventlet'; expected 'native', or unset"):
        native_hub.mend()


def test_another_major_release_is_refused(monkeypatch):
    monkeypatch.setattr(native_hub, "version", lambda _: "5.0.1")
    with pytest.raises(native_hub.UnsupportedHubError, match=r"os-ken 5\.0\.1 is installed; expected 4\.x"):
        native_hub.mend()


class Call(EventBase):
    """An event with a number."""

    def __init__(self, number: int) -> None:
        self.number = number


class Stumbling(OSKenApp):
    """Fails on every odd event."""

    def __init__(self, seen: "SimpleQueue[int]") -> None:
        super().__init__()
        self.seen = seen

    @set_ev_handler(Call)
    def handle(self, event: Call) -> None:
        self.seen.put(event.number)
        if event.number % 2:
            raise RuntimeError("stumbled")


def test_d1_a_handler_that_raises_does_not_deafen_its_application(caplog):
    seen: SimpleQueue[int] = SimpleQueue()
    stumbling = AppManager().instantiate(Stumbling, seen)
    stumbling.start()
    for number in range(4):
        stumbling.send_event("Stumbling", Call(number))
    assert [seen.get(timeout=10) for _ in range(4)] == [0, 1, 2, 3]
    unregister_app(stumbling)
    stumbling.stop()
    assert "stumbled" in caplog.text


def test_d2_a_connection_that_the_switch_closes_ends():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        switch = socket.create_connection(listener.getsockname())
        datapath = Datapath(*listener.accept())
    serving = threading.Thread(target=datapath.serve, daemon=True)
    serving.start()
    switch.recv(8)
    switch.close()
    serving.join(10)
    assert not serving.is_alive()
    assert (datapath.state, datapath.is_active, datapath.send_q) == ("dead", False, None)


def test_d3_a_wait_with_a_time_out_returns():
    answers: SimpleQueue[bool] = SimpleQueue()
    threading.Thread(target=lambda: answers.put(hub.Event().wait(timeout=0.01)), daemon=True).start()
    assert answers.get(timeout=10) is False


def test_d4_a_loop_that_waits_does_not_keep_the_program_alive():
    waits = "from os_ken.lib import hub; hub.spawn(hub.Queue().get); print('end')"
    assert fresh(f"from nf.controller import native_hub; native_hub.mend(); {waits}").stdout == "end\n"


def test_d5_the_current_thread_can_be_asked_for():
    assert hub.getcurrent() is threading.current_thread()
    assert app.Steering.OFP_VERSIONS == (4,)
