"""The command line, run as its users run it: in a process of its own."""

import io
import json
import os
import pty
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from api.cli import main
from api.settings import ROOT
from tests.builders import write
from tests.content.test_loading import good

Json = Any


def run(*arguments: str, typed: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "api", *arguments],
        input=typed,
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, **environment},
        timeout=300,
        check=False,
    )


@pytest.fixture
def profile(tmp_path: Path) -> Path:
    path = tmp_path / "profile.json"
    path.write_text(json.dumps({"present": ["saddle-numbness"], "region": "GB"}))
    return path


def test_check_tells_the_answer_in_words_without_colour(profile: Path) -> None:
    done = run("check", str(profile))
    assert done.returncode == 0
    assert "settled: emergency" in done.stdout
    assert "The number to call is 999." in done.stdout
    assert "because of: saddle-numbness" in done.stdout
    assert "No clinician has reviewed it." in done.stdout
    assert "\x1b" not in done.stdout


def test_check_gives_json_and_reads_standard_input(profile: Path) -> None:
    done = run("check", "-", "--json", typed=profile.read_text())
    assert json.loads(done.stdout)["level"] == "emergency"
    asked = run("check", "-", typed="{}")
    assert "Is any of this true for you?" in asked.stdout


def test_check_shows_guidance_where_it_is_settled_at_self_care(tmp_path: Path) -> None:
    denied: list[str] = []
    while True:
        told: Json = {"topic": "leg-twitching", "present": ["jerks-falling-asleep"], "absent": denied}
        told["measurements"] = [{"finding": "age-years", "value": 40}]
        answer = json.loads(run("check", "-", "--json", typed=json.dumps(told)).stdout)
        if "ask_next" not in answer:
            break
        denied += [one["id"] for one in answer["ask_next"]["findings"]]
    path = tmp_path / "calm.json"
    path.write_text(json.dumps(told))
    done = run("check", str(path))
    assert "What may help:" in done.stdout


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ('{"present": ["nothing-such"]}', "/present/0: There is no finding of this id."),
        ("{", "the profile: The text is not JSON."),
        ('{"release": "9.9.9"}', "/release: There is no such release here."),
    ],
)
def test_check_refuses_with_a_pointer(typed: str, says: str) -> None:
    done = run("check", "-", typed=typed)
    assert done.returncode == 1
    assert says in done.stderr
    assert run("check", "/no/such/file").returncode == 1


def test_an_interview_of_an_adult_who_says_no_settles_in_four_screens() -> None:
    done = run("interview", "--region", "GB", typed="forty\n200\n40.123\n40\nperhaps\n" + "no\n" * 40)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("Screen ") == 4
    assert "A number from 0 to 120, at most 2 decimals." in done.stdout
    assert "settled: self_care, at worst self_care" in done.stdout


def test_an_interview_advises_at_once_where_it_is_urgent_and_goes_on() -> None:
    done = run("interview", typed="40\n" + "yes\n" * 3 + "no\n" * 3 + "unsure\n" * 80)
    assert done.returncode == 0, done.stderr
    assert "Get help from a doctor today." in done.stdout


def test_an_interview_without_answers_ends_and_says_so() -> None:
    done = run("interview", typed="40\n")
    assert done.returncode == 1
    assert "The answers ended before the questions did." in done.stderr


def test_validate_passes_the_shipped_draft_and_lists_every_fault_of_a_bad_one(tmp_path: Path) -> None:
    done = run("validate")
    assert done.returncode == 0
    assert "No faults: 1 topics" in done.stdout
    files = good()
    files["causes/cold.json"]["citations"] = ["none"]
    files["sources/book.json"]["year"] = 3
    bad = run("validate", str(write(tmp_path, files)))
    assert bad.returncode == 1
    assert "causes/cold.json#/citations: there is no none in sources/" in bad.stderr
    assert "sources/book.json#/year" in bad.stderr
    assert "2 faults" in bad.stderr
    assert run("validate", "/no/such/folder").returncode == 1


def test_validate_warns_of_a_hard_question_and_passes_all_the_same(tmp_path: Path) -> None:
    files = good()
    files["findings/pregnant.json"]["question"] = "Are characteristic neurological manifestations observable?"
    done = run("validate", str(write(tmp_path, files)))
    assert done.returncode == 0
    assert "warning: findings/pregnant.json#/question: it reads at grade" in done.stderr


def test_order_writes_the_order_anew_and_leaves_a_draft_with_other_faults_alone(tmp_path: Path) -> None:
    files = good()
    del files["question-order.json"]
    write(tmp_path, files)
    assert run("order", str(tmp_path)).returncode == 0
    first = json.loads((tmp_path / "question-order.json").read_text())
    assert first[0] == "age"
    assert run("validate", str(tmp_path)).returncode == 0
    (tmp_path / "notes.txt").write_text("x")
    assert run("order", str(tmp_path)).returncode == 1


def test_release_freezes_a_draft_that_is_then_served(tmp_path: Path) -> None:
    draft, releases = write(tmp_path / "draft", good()), tmp_path / "releases"
    done = run("release", "1.0.0", str(draft), SLEEP_GUIDANCE_RELEASES=str(releases))
    assert "Release 1.0.0 (sequence 1): sha256:" in done.stdout
    assert run("release", "1.0.0", str(draft), SLEEP_GUIDANCE_RELEASES=str(releases)).returncode == 1
    shown = run("show", "cold", SLEEP_GUIDANCE_RELEASES=str(releases))
    assert '"title": "Cold"' in shown.stdout
    shutil.rmtree(releases)


def test_show_prints_an_item_and_refuses_an_unknown_id() -> None:
    assert '"id": "warm-bath"' in run("show", "warm-bath").stdout
    assert run("show", "nothing-such").returncode == 1


def test_openapi_prints_the_committed_document() -> None:
    assert json.loads(run("openapi").stdout) == json.loads((ROOT / "docs" / "openapi.json").read_text())


def on_a_terminal(*arguments: str, typed: str = "", **environment: str) -> str:
    """Run a command with a terminal of its own for both outputs and give what it writes there."""
    ours, theirs = pty.openpty()
    done = subprocess.Popen(
        [sys.executable, "-m", "api", *arguments],
        stdin=subprocess.PIPE,
        stdout=theirs,
        stderr=theirs,
        cwd=ROOT,
        env={**{name: value for name, value in os.environ.items() if name != "NO_COLOR"}, **environment},
    )
    os.close(theirs)
    assert done.stdin is not None
    done.stdin.write(typed.encode())
    done.stdin.close()
    seen = b""
    while True:
        try:
            part = os.read(ours, 4096)
        except OSError:  # the other end is closed
            break
        if not part:
            break
        seen += part
    os.close(ours)
    done.wait(timeout=300)
    return seen.decode()


def test_colours_and_progress_are_for_terminals_only(profile: Path) -> None:
    assert "\x1b[1;31msettled: emergency" in on_a_terminal("check", str(profile))
    assert "\x1b" not in on_a_terminal("check", str(profile), NO_COLOR="1")
    assert "reading [" in on_a_terminal("validate")


def test_an_interview_that_is_interrupted_keeps_nothing_and_says_so() -> None:
    started = subprocess.Popen(
        [sys.executable, "-m", "api", "interview"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    assert started.stdout is not None
    while "Screen 1" not in started.stdout.readline():
        pass
    started.send_signal(signal.SIGINT)
    _, err = started.communicate(timeout=300)
    assert started.returncode == 1
    assert err == "Stopped. Nothing was kept.\n"


def test_a_reader_who_stops_reading_is_no_failure() -> None:
    started = subprocess.Popen(
        [sys.executable, "-m", "api", "openapi"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT
    )
    assert started.stdout is not None
    assert started.stderr is not None
    started.stdout.close()
    assert started.wait(timeout=300) == 1
    assert started.stderr.read() == ""
    started.stderr.close()


class Interrupted(io.TextIOWrapper):
    """Standard input of somebody who presses Ctrl-C."""

    def readline(self, _size: int = -1, /) -> str:  # type: ignore[override]  # no line ever comes
        raise KeyboardInterrupt


def test_an_interrupt_is_an_end_and_no_failure(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", Interrupted(io.BytesIO()))
    assert main(["interview"]) == 1
    assert capsys.readouterr().err == "Stopped. Nothing was kept.\n"


def test_an_answer_that_is_not_understood_is_asked_again_even_without_help(tmp_path: Path) -> None:
    draft, releases = write(tmp_path / "draft", good()), tmp_path / "releases"
    run("release", "1.0.0", str(draft), SLEEP_GUIDANCE_RELEASES=str(releases))
    here = {"SLEEP_GUIDANCE_RELEASES": str(releases)}
    typed = "what\nno\nno\n40\n"
    done = run("interview", "--topic", "legs", typed=typed, **here)
    assert "settled: self_care" in done.stdout
    assert done.stdout.count("Is there gate?") == 2
    told: Json = {"topic": "arms", "absent": ["gate", "pregnant", "arm-cold"]}
    told["measurements"] = [{"finding": "age", "value": 40}]
    shutil.rmtree(releases)
    files = good()
    files["topics/arms.json"]["remedies"] = []
    run("release", "1.0.0", str(write(tmp_path / "bare", files)), **here)
    done = run("check", "-", typed=json.dumps(told), **here)
    assert "settled: self_care" in done.stdout
    assert "What may help" not in done.stdout


def test_a_bad_setting_or_command_is_refused_in_one_line() -> None:
    done = run("validate", SLEEP_GUIDANCE_PORT="x")
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert run("dance").returncode == 2


def test_serving_a_folder_without_releases_is_refused(tmp_path: Path) -> None:
    done = run("serve", SLEEP_GUIDANCE_RELEASES=str(tmp_path))
    assert done.returncode == 1
    assert "latest.json: the file is missing" in done.stderr
