"""Programs: readiness by what they say, failures in one line with their last words."""

import pytest

from scenarios.programs import LabError, missing, run, start, start_again


def test_waits_for_the_word_and_ends(tmp_path) -> None:
    program = start("talker", ["sh", "-c", "echo starting; echo ready; exec sleep 60"], tmp_path / "out")
    program.wait_for("ready", 5)
    program.end()
    assert program.process.returncode is not None
    assert program.said() == "starting\nready\n"


def test_one_that_has_ended_starts_again_and_is_heard_from_there_on(tmp_path) -> None:
    first = start("talker", ["sh", "-c", "echo ready; exec sleep 60"], tmp_path / "out")
    place = first.wait_for("ready", 5)
    first.end()
    second = start_again(first)
    assert second.wait_for("ready", 5, place) == len("ready\nready")
    second.end()
    assert second.said() == "ready\nready\n"


def test_one_that_ends_early_is_quoted(tmp_path) -> None:
    program = start("talker", ["sh", "-c", "echo no such platform >&2; exit 3"], tmp_path / "out")
    with pytest.raises(LabError, match=r"^talker ended with exit status 3: no such platform$"):
        program.wait_for("ready", 5)


def test_one_that_stays_silent_is_not_waited_for_for_ever(tmp_path) -> None:
    program = start("mute", ["sleep", "60"], tmp_path / "out")
    try:
        with pytest.raises(LabError, match=r"^mute did not say 'ready' within 0 s: it said nothing$"):
            program.wait_for("ready", 0.05)
    finally:
        program.end()


def test_one_that_does_not_want_to_end_is_made_to(tmp_path) -> None:
    program = start("stubborn", ["sh", "-c", "trap '' TERM; echo up; while :; do sleep 0.05; done"], tmp_path / "out")
    program.wait_for("up", 5)
    program.end(0.1)
    assert program.process.returncode == -9


def test_run_returns_output_or_says_what_failed() -> None:
    assert run(["echo", "word"], within=("env", "A=b")) == "word\n"
    with pytest.raises(LabError, match=r"^sh -c .* ended with exit status 2: broken$"):
        run(["sh", "-c", "echo broken >&2; exit 2"])


def test_missing_programs_are_named_with_their_packages() -> None:
    assert missing(["sh"]) is None
    assert missing(["sh", "no-such-program"]) == (
        "not found: no-such-program; install with: apt-get install no-such-program")
