"""Random pairs of contents: one, and what an editor might have made of it. Both are sound in their logic."""

import copy
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from tests.builders import CITED, documents, finding, leaf, number, red_flag
from tests.laws.strategies import LEVELS, criteria, findings

Json = Any
Files = dict[str, Json]
TOPICS = st.sampled_from([["legs"], ["arms"], ["legs", "arms"]])
OTHER_NUMBERS: list[Json] = [{"maximum": 12}, {"minimum": 1}, {"unit": "wk"}, {"maximum": 12, "unit": "d"}]
USES = st.sampled_from(["self_care", "self_care", "with_professional"])


@st.composite
def contents_of_two_topics(draw: st.DrawFn) -> Files:
    """A content with two topics, up to four findings of yes or no, a number or none, and remedies with cautions."""
    found = draw(findings())[:4]
    found = [one for one in found if one.get("of") in {None, *(other["id"] for other in found)}]
    if draw(st.booleans()) and all(one["kind"] == "yes_no" for one in found):
        found.append(number("n", 0, 10))
    flags = [_levelled(draw, f"r{index}", draw(_criterion(found))) for index in range(draw(st.integers(1, 4)))]
    remedies = [_remedy(draw, f"m{index}", found) for index in range(draw(st.integers(0, 2)))]
    files = documents(found, flags, remedies=remedies)
    files["topics/arms.json"] = {**files["topics/legs.json"], "id": "arms", "title": "Arms"}
    files["sources/paper.json"] = {**files["sources/book.json"], "id": "paper"}
    files["reassurance/calm.json"] = {
        "id": "calm", "title": "Calm", "text": "Rest.", "topics": ["legs"], "when": draw(_criterion(found)), **CITED,
    }  # fmt: skip
    return files


@st.composite
def pairs(draw: st.DrawFn) -> tuple[Files, Files]:
    """A content, and the same after up to three edits."""
    before = draw(contents_of_two_topics())
    after = copy.deepcopy(before)
    for edit in draw(st.lists(st.sampled_from(EDITS), min_size=1, max_size=3)):
        edit(draw, after)
    _order_anew(before)
    _order_anew(after)
    return before, after


def named(files: Files, folder: str) -> list[str]:
    """The names of the files in a folder."""
    return [name for name in files if name.startswith(f"{folder}/")]


def in_folder(files: Files, folder: str) -> list[Json]:
    """The items of a folder."""
    return [files[name] for name in named(files, folder)]


def _criterion(found: list[Json]) -> st.SearchStrategy[Json]:
    asked = [one for one in found if "replaced_by" not in one]
    names = [one["id"] for one in asked if one["kind"] == "yes_no"]
    return criteria(names, any(one["id"] == "n" and one["kind"] == "number" for one in asked), depth=1)


def _levelled(draw: st.DrawFn, name: str, when: Json) -> Json:
    level = draw(st.sampled_from(LEVELS))
    flag = red_flag(name, level, when)
    if level in {"routine", "soon"}:
        flag["topics"] = draw(TOPICS)
    if level == "emergency" and draw(st.booleans()):
        flag["if_unsure"] = "emergency"
    return flag


def _remedy(draw: st.DrawFn, name: str, found: list[Json]) -> Json:
    cautions = [{"text": "Care.", "unsuitable_when": one} for one in draw(st.lists(_criterion(found), max_size=2))]
    return {
        "id": name, "title": f"Remedy {name}", "summary": "It helps.", "topics": ["legs"], "category": "body",
        "use": draw(USES), "for_whom": "All.", "outcome": "Sleep.", "steps": ["Rest."], "cautions": cautions, **CITED,
    }  # fmt: skip


def _change_level(draw: st.DrawFn, files: Files) -> None:
    name = draw(st.sampled_from(named(files, "red-flags")))
    files[name] = _levelled(draw, files[name]["id"], files[name]["when"])


def _change_criterion(draw: st.DrawFn, files: Files) -> None:
    name = draw(st.sampled_from(named(files, "red-flags")))
    another = draw(_criterion(in_folder(files, "findings")))
    together = draw(st.sampled_from(["any_of", "all_of", ""]))
    files[name]["when"] = {"op": together, "of": [files[name]["when"], another]} if together else another


def _write_a_criterion_otherwise(draw: st.DrawFn, files: Files) -> None:
    name = draw(st.sampled_from(named(files, "red-flags")))
    when = files[name]["when"]
    files[name]["when"] = {"op": "all_of", "of": [when, {"op": "any_of", "of": [when]}]}


def _add_a_red_flag(draw: st.DrawFn, files: Files) -> None:
    files["red-flags/r9.json"] = _levelled(draw, "r9", draw(_criterion(in_folder(files, "findings"))))


def _remove_a_red_flag(draw: st.DrawFn, files: Files) -> None:
    if len(named(files, "red-flags")) > 1:
        del files[draw(st.sampled_from(named(files, "red-flags")))]
        for topic in in_folder(files, "topics"):
            topic["watch_for"] = [flag["id"] for flag in in_folder(files, "red-flags")]


def _change_topics(draw: st.DrawFn, files: Files) -> None:
    for flag in in_folder(files, "red-flags"):
        if flag["topics"]:
            flag["topics"] = draw(TOPICS)


def _change_a_remedy(draw: st.DrawFn, files: Files) -> None:
    for name in named(files, "remedies"):
        files[name] = _remedy(draw, files[name]["id"], in_folder(files, "findings"))


def _write_a_caution_otherwise(_draw: st.DrawFn, files: Files) -> None:
    for remedy in in_folder(files, "remedies"):
        remedy["cautions"] = [*remedy["cautions"][::-1], {"text": "Take care."}]


def _change_what_reassures(draw: st.DrawFn, files: Files) -> None:
    files["reassurance/calm.json"]["when"] = draw(_criterion(in_folder(files, "findings")))


def _add_a_finding(draw: st.DrawFn, files: Files) -> None:
    yes_no = [one["id"] for one in in_folder(files, "findings") if one["kind"] == "yes_no" and "replaced_by" not in one]
    above = draw(st.lists(st.sampled_from(yes_no), max_size=1))
    files["findings/f9.json"] = finding("f9", above)
    if draw(st.booleans()):
        _change_level(draw, files)
        flag = draw(st.sampled_from(in_folder(files, "red-flags")))
        flag["when"] = {"op": draw(st.sampled_from(["any_of", "all_of"])), "of": [flag["when"], leaf("f9")]}


def _remove_a_finding(draw: st.DrawFn, files: Files) -> None:
    names = sorted(one["id"] for one in in_folder(files, "findings") if one["kind"] == "yes_no")
    gone, *others = draw(st.permutations(names))
    heirs = [one for one in others if "replaced_by" not in files[f"findings/{one}.json"]]
    if heirs:
        del files[f"findings/{gone}.json"]
        _read_instead(files, gone, heirs[0])
        _unknot(files)


def _retire_a_finding(draw: st.DrawFn, files: Files) -> None:
    asked = [one for one in in_folder(files, "findings") if "replaced_by" not in one]
    old = draw(st.sampled_from(asked))
    same_kind = [one["id"] for one in asked if one["kind"] == old["kind"] and one is not old]
    fresh = f"g{len(named(files, 'findings'))}"
    heir = draw(st.sampled_from([fresh, *same_kind]))
    if heir == fresh:
        files[f"findings/{heir}.json"] = {**old, "id": heir}
    old["replaced_by"] = heir
    _read_instead(files, old["id"], heir)
    _unknot(files)


def _order_anew(files: Files) -> None:
    """Ask what red flags read, and what stands above it, in the order that there is, and then of the ids."""
    found = {one["id"]: one for one in in_folder(files, "findings")}
    read = {name for flag in in_folder(files, "red-flags") for name in _read(flag["when"])}
    read |= {found[name]["of"] for name in read if "of" in found[name]}
    asked = {above for name in read for above in _above(name, files)}
    known = [name for name in files["question-order.json"] if name in asked]
    files["question-order.json"] = [*known, *sorted(asked.difference(known))]


def _read(when: Json) -> list[str]:
    return [when["id"]] if "id" in when else [name for part in when["of"] for name in _read(part)]


def _unknot(files: Files) -> None:
    """Take away what makes a finding imply itself."""
    for one in in_folder(files, "findings"):
        one["implies"] = [
            parent for parent in dict.fromkeys(one.get("implies", [])) if one["id"] not in _above(parent, files)
        ]


def _above(name: str, files: Files) -> set[str]:
    """A finding and all that it implies."""
    reached, waiting = set[str](), [name]
    while waiting:
        one = waiting.pop()
        if one not in reached:
            reached.add(one)
            waiting += files[f"findings/{one}.json"].get("implies", [])
    return reached


def _read_instead(files: Files, gone: str, heir: str) -> None:
    """Put one finding's id in another's place wherever it is named."""

    def put(value: Json) -> Json:
        if isinstance(value, dict):
            return {
                name: heir if one == gone and name in {"id", "of", "replaced_by"} else put(one)
                for name, one in value.items()
            }
        return [heir if one == gone else put(one) for one in value] if isinstance(value, list) else value

    for name in files:
        if name.startswith("findings/"):
            files[name] = {**put(files[name]), "id": files[name]["id"]}
        else:
            files[name] = put(files[name])


def _change_what_follows(draw: st.DrawFn, files: Files) -> None:
    asked = [one for one in in_folder(files, "findings") if one["kind"] == "yes_no" and "replaced_by" not in one]
    one = draw(st.sampled_from(asked))
    above = [other["id"] for other in asked if one["id"] not in _above(other["id"], files)]
    one["implies"] = draw(st.lists(st.sampled_from(above), unique=True, max_size=2)) if above else []


def _change_a_number(draw: st.DrawFn, files: Files) -> None:
    for one in in_folder(files, "findings"):
        if one["kind"] == "number":
            one.update(draw(st.sampled_from(OTHER_NUMBERS)))


def _change_words(draw: st.DrawFn, files: Files) -> None:
    name = draw(st.sampled_from([*named(files, "red-flags"), *named(files, "topics"), *named(files, "remedies")]))
    files[name]["summary"] = "In other words."


def _change_a_question(draw: st.DrawFn, files: Files) -> None:
    name = draw(st.sampled_from(named(files, "findings")))
    files[name]["question"] = "Is it there, in other words?"


def _change_sources(draw: st.DrawFn, files: Files) -> None:
    name = draw(st.sampled_from(named(files, "red-flags")))
    files[name]["citations"] = ["paper"]
    files["sources/essay.json"] = {**files["sources/book.json"], "id": "essay"}


EDITS: list[Callable[[st.DrawFn, Files], None]] = [
    _change_level,
    _change_criterion,
    _write_a_criterion_otherwise,
    _add_a_red_flag,
    _remove_a_red_flag,
    _change_topics,
    _change_a_remedy,
    _write_a_caution_otherwise,
    _change_what_reassures,
    _add_a_finding,
    _remove_a_finding,
    _retire_a_finding,
    _change_what_follows,
    _change_a_number,
    _change_words,
    _change_a_question,
    _change_sources,
]
