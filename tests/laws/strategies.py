"""Random rules and random profiles for the laws. Every draw is a content that the loader would accept in its logic."""

from typing import Any

from hypothesis import strategies as st

from tests.builders import CITED, documents, finding, leaf, number, red_flag
from tests.oracle import World

Json = Any
VALUES = (0, 2, 5, 6, 8)
"""Every band below holds 5 and not 0: 5 is a value that bands share, 0 one that lies in none; 2, 6 and 8 are ends."""
LEVELS = ("routine", "soon", "urgent", "emergency")


@st.composite
def findings(draw: st.DrawFn) -> list[Json]:
    count = draw(st.integers(2, 6))
    made: list[Json] = []
    depth: dict[str, int] = {}
    for index in range(count):
        name = f"f{index}"
        possible = [other for other in depth if depth[other] < 2]
        parents = draw(st.lists(st.sampled_from(possible), unique=True, max_size=2)) if possible else []
        depth[name] = 1 + max((depth[parent] for parent in parents), default=-1)
        made.append(finding(name, parents))
    if draw(st.booleans()):
        of = draw(st.sampled_from([None, *depth]))
        made.append({**number("n", 0, 10), **({"of": of} if of else {})})
    return made


@st.composite
def criteria(draw: st.DrawFn, names: list[str], has_number: bool, depth: int = 2) -> Json:  # noqa: FBT001 -- a strategy
    kinds = ["finding"] + (["number"] if has_number else []) + (["all_of", "any_of", "some_of"] if depth else [])
    kind = draw(st.sampled_from(kinds))
    if kind == "finding":
        return leaf(draw(st.sampled_from(names)))
    if kind == "number":
        ends = draw(st.sampled_from([("at_least",), ("at_least", "below")]))
        values = {"at_least": draw(st.sampled_from([1, 2, 5])), "below": draw(st.sampled_from([6, 8]))}
        return {"op": "number", "id": "n", **{end: values[end] for end in ends}}
    of = draw(st.lists(criteria(names, has_number, depth - 1), min_size=1, max_size=3))
    count = {"count": draw(st.integers(1, len(of)))} if kind == "some_of" else {}
    return {"op": kind, **count, "of": of}


@st.composite
def contents(draw: st.DrawFn) -> dict[str, Json]:
    """The files of a random content: up to six findings, a number or none, one to five red flags."""
    found = draw(findings())
    names = [one["id"] for one in found if one["kind"] == "yes_no"]
    flags: list[Json] = []
    for index in range(draw(st.integers(1, 5))):
        level = draw(st.sampled_from(LEVELS))
        flag = red_flag(f"r{index}", level, draw(criteria(names, len(names) < len(found))))
        if level == "emergency" and draw(st.booleans()):
            flag["if_unsure"] = "emergency"
        flags.append(flag)
    order = draw(st.permutations(documents(found, flags)["question-order.json"]))
    kind_word = {
        "id": "kind-word",
        "title": "A kind word",
        "text": "Rest.",
        "topics": ["legs"],
        "when": {"op": "any_of", "of": [leaf(name) for name in names]},
        **CITED,
    }
    return documents(found, flags, order, reassurance=[kind_word])


@st.composite
def profiles(draw: st.DrawFn, files: dict[str, Json]) -> Json:
    """A random profile over a content's findings; it may contradict itself."""
    profile: Json = {"present": [], "absent": [], "unsure": [], "measurements": []}
    asked = set(files["question-order.json"])
    for one in (document for name, document in files.items() if name.startswith("findings/")):
        if one["kind"] == "number" and one["id"] not in asked:
            continue
        place = draw(st.sampled_from(["present", "absent", "unsure", "", ""]))
        if one["kind"] == "number" and place in {"present", "absent"}:
            profile["measurements"].append({"finding": one["id"], "value": draw(st.sampled_from(VALUES))})
        elif place:
            profile[place].append(one["id"])
    return profile


def world_of(files: dict[str, Json]) -> World:
    """The same content as the oracle sees it."""
    return World(
        [document for name, document in files.items() if name.startswith("findings/")],
        [document for name, document in files.items() if name.startswith("red-flags/")],
        {"n": VALUES},
    )
