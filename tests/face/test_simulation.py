"""`interview --simulate` and the questions that `validate` counts, run as their users run them."""

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from api.cli import main
from tests.builders import write
from tests.content.test_loading import good
from tests.face.test_command_line import on_a_terminal, run


def test_a_simulation_prints_every_table_and_writes_the_chart(tmp_path: Path) -> None:
    drawing = tmp_path / "chart.svg"
    done = run("interview", "--simulate", "--people", "5", "--seed", "7", "--chart", str(drawing))
    assert done.returncode == 0, done.stderr
    assert done.stderr == f"The chart is in {drawing}.\n"
    lines = done.stdout.splitlines()
    assert ", topic leg-twitching, 5 benign adults, seed 7." in lines[0]
    for heading in (
        "Benign adults", "Levels reached by benign adults", "Emergency ", "Emergencies not volunteered",
        "Age of who says no to everything", "An adult who says no to everything is asked ", "question ",
    ):  # fmt: skip
        assert any(line.startswith(heading) for line in lines), heading
    assert not any(line.endswith(" ") for line in lines)
    assert ET.parse(drawing).getroot().tag.endswith("svg")  # noqa: S314 -- our own output


def test_a_simulation_shows_its_progress_on_a_terminal_only() -> None:
    assert "interviewing [" in on_a_terminal("interview", "--simulate", "--people", "1")


@pytest.mark.parametrize("people", ["0", "-3", "many"])
def test_a_simulation_of_nobody_is_wrongly_called(people: str) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["interview", "--simulate", "--people", people])
    assert ended.value.code == 2


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--topic", "knees"], "/topic: There is no topic of this id.\n"),
        (["--people", "1", "--chart", "/no/such/folder/chart.svg"], "The chart cannot be written there.\n"),
    ],
)
def test_a_simulation_of_an_unknown_topic_or_into_no_folder_is_refused(
    arguments: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["interview", "--simulate", *arguments]) == 1
    assert capsys.readouterr().err == says


def test_validate_counts_the_questions_and_names_what_forces_them(tmp_path: Path) -> None:
    done = run("validate", str(write(tmp_path, good())))
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[1] == "An adult who says no to everything is asked 4 questions (2 gates, 2 ungated) on 1 screens."
    assert [" ".join(line.split()) for line in lines[3:]] == [
        "gate gate of 2 squeezed, mild", "pregnant gate of 1 late", "age ungated none", "arm-cold ungated cold-arm",
    ]  # fmt: skip
