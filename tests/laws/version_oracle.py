"""An independent judge of versions: every complete person is tried, by plain two-valued logic on JSON.

It follows the definition of the steps word for word and shares no code with what it judges.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from tests.oracle import RANKS, Person, World, level_of, people, true_of

Json = Any
Files = dict[str, Json]
FOLDERS = ("topics", "causes", "remedies", "red-flags", "findings", "sources", "reassurance")


class Seen(NamedTuple):
    """One complete person, as the newer content and as the older one sees them."""

    after: Person
    before: Person


def items(files: Files, folder: str) -> dict[str, Json]:
    """The items of a folder by id."""
    return {document["id"]: document for name, document in files.items() if name.startswith(f"{folder}/")}


def read_as(name: str, files: Files) -> str:
    """The id under which a finding is read today."""
    found = items(files, "findings")[name]
    return read_as(found["replaced_by"], files) if "replaced_by" in found else name


def asked(files: Files) -> dict[str, Json]:
    """The findings that are not retired."""
    return {name: one for name, one in items(files, "findings").items() if "replaced_by" not in one}


def implied(name: str, files: Files) -> set[str]:
    """A finding and all that it implies, retired ones left out."""
    found = items(files, "findings")
    reached: set[str] = {name}
    for _ in found:
        reached |= {parent for one in reached for parent in found[one].get("implies", [])}
        reached |= {found[one]["of"] for one in reached if "of" in found[one]}
    return {one for one in reached if "replaced_by" not in found[one]}


def vocabulary_grows(before: Files, after: Files) -> bool:
    """Whether every finding of the older content is answered, and implies of the others, what it did."""
    old, new = items(before, "findings"), items(after, "findings")
    if old.keys() - new.keys():
        return False
    today = {name: read_as(name, after) for name in asked(before)}
    retired = old.keys() - today.keys()
    return (
        len(set(today.values())) == len(today)
        and all(today[read_as(name, before)] == read_as(name, after) for name in retired)
        and all(_answered_as_ever(name, today, before, after) for name in today)
    )


def _answered_as_ever(name: str, today: dict[str, str], before: Files, after: Files) -> bool:
    """Whether a finding is answered by the same values, and implies the same of those that both contents know."""
    old, new = items(before, "findings")[name], items(after, "findings")[today[name]]
    same = all(old.get(field) == new.get(field) for field in ("kind", "unit", "minimum", "maximum", "decimals"))
    of = today[old["of"]] if "of" in old else None
    high = {today[one] for one in implied(name, before)}
    return same and of == new.get("of") and high == implied(today[name], after) & set(today.values())


def same_vocabulary(before: Files, after: Files) -> bool:
    """Whether both contents ask the same of the same."""

    def shape(files: Files) -> Json:
        found = asked(files)
        return {
            name: (sorted(implied(name, files)), *(one.get(field) for field in ("kind", "unit", "minimum", "maximum",
                   "decimals", "of")))
            for name, one in found.items()
        } | {name: read_as(name, files) for name in items(files, "findings").keys() - found.keys()}  # fmt: skip

    return bool(shape(before) == shape(after))


def everybody(before: Files, after: Files) -> Iterator[Seen]:
    """Every complete person of the newer content, and what the older one knows of them."""
    found = asked(after)
    values = {
        name: [float(value) for value in range(int(one["minimum"]), int(one["maximum"]) + 1)]
        for name, one in found.items()
        if one["kind"] == "number"
    }
    today = {name: read_as(name, after) for name in asked(before)}
    retired = [name for name, one in items(after, "findings").items() if "replaced_by" in one]
    above = [{**one, "implies": sorted(implied(one["id"], after) - {one["id"]})} for one in found.values()]
    assert not set(retired) & {one["id"] for one in above}
    for person in people(World(above, (), values), {}):
        yield Seen(
            person,
            Person(
                frozenset(name for name, one in today.items() if one in person.has),
                {name: person.numbers[one] for name, one in today.items() if one in person.numbers},
            ),
        )


def considered(files: Files, topic: str) -> list[Json]:
    """The red flags that count in the view of a topic, or of all."""
    flags = items(files, "red-flags").values()
    return [flag for flag in flags if not topic or not flag["topics"] or topic in flag["topics"]]


def views(before: Files, after: Files) -> list[str]:
    """All topics, and each that both contents have."""
    return ["", *sorted(items(before, "topics").keys() & items(after, "topics").keys())]


def kept_back(remedy: Json, person: Person) -> bool:
    """Whether a remedy is not suggested to a person."""
    criteria = [one["unsuitable_when"] for one in remedy["cautions"] if "unsuitable_when" in one]
    return remedy["use"] != "self_care" or any(true_of(when, person) for when in criteria)


def level(files: Files, topic: str, person: Person) -> int:
    """The rank of a person's level in a view."""
    return level_of(person, considered(files, topic))


def matched(files: Files, topic: str, person: Person) -> set[tuple[str, str]]:
    """Each red flag that is present, with its level."""
    return {(flag["id"], flag["level"]) for flag in considered(files, topic) if true_of(flag["when"], person)}


def step(before: Files, after: Files) -> str:
    """The step that the definition asks for."""
    gone = any(items(before, folder).keys() - items(after, folder).keys() for folder in FOLDERS)
    if gone or not vocabulary_grows(before, after):
        return "major"
    flags = [(one, items(after, "red-flags")[name]) for name, one in items(before, "red-flags").items()]
    unsure = [("if_unsure" in old, "if_unsure" in new) for old, new in flags]
    decisions = {_decided(before, after, seen) for seen in everybody(before, after)}
    if (True, False) in unsure or "less" in decisions:
        return "major"
    new_items = any(
        items(after, folder).keys() - items(before, folder).keys() for folder in FOLDERS if folder != "sources"
    )
    same_order = before["question-order.json"] == after["question-order.json"]
    same_questions = all(
        one["question"] == asked(after)[name]["question"] for name, one in asked(before).items() if name in asked(after)
    )
    equal = decisions <= {"equal"} and same_vocabulary(before, after) and same_order and same_questions
    return "patch" if equal and not new_items and (False, True) not in unsure else "minor"


def _decided(before: Files, after: Files, seen: Seen) -> str:
    """Whether a person is decided less gravely or kept from less, more so or otherwise, or as ever."""
    equal = True
    for topic in views(before, after):
        if level(after, topic, seen.after) < level(before, topic, seen.before):
            return "less"
        equal &= matched(before, topic, seen.before) == matched(after, topic, seen.after)
    for name, remedy in items(before, "remedies").items():
        kept = kept_back(remedy, seen.before), kept_back(items(after, "remedies")[name], seen.after)
        if kept == (True, False):
            return "less"
        equal &= kept[0] == kept[1]
    for name, calm in items(before, "reassurance").items():
        equal &= true_of(calm["when"], seen.before) == true_of(items(after, "reassurance")[name]["when"], seen.after)
    return "equal" if equal else "more"


def ways_of(name: str, before: Files, after: Files, seen: Seen, topic: str) -> str:
    """What the change of a red flag does to a person in a view: rise, fall, same; nothing where it is as it was."""
    (stood, old), (stands, new) = (
        (flag is not None and true_of(flag["when"], person), RANKS[flag["level"]] if flag else 0)
        for files, person in ((before, seen.before), (after, seen.after))
        for flag in [next((one for one in considered(files, topic) if one["id"] == name), None)]
    )
    if stands and new > level(before, topic, seen.before):
        return "rise"
    if stood and old > level(after, topic, seen.after):
        return "fall"
    return "same" if (stood, old if stood else 0) != (stands, new if stands else 0) else ""


def described(person: Person, files: Files, bands: list[Json]) -> tuple[int, list[str], list[float]]:
    """What describes a person, and how much it is: findings that no other of it implies, and numbers in a band."""
    numbers = {name for name in person.numbers if any(band["id"] == name and true_of(band, person) for band in bands)}
    said = person.has | numbers
    named = sorted(one for one in said if not any(one in implied(other, files) - {other} for other in said))
    return len(named), named, [person.numbers[one] for one in named if one in numbers]


def bands_of(value: Json) -> list[Json]:
    """Every band inside a JSON value."""
    if isinstance(value, dict):
        inner = [band for one in value.values() for band in bands_of(one)]
        return [value, *inner] if value.get("op") == "number" else inner
    return [band for one in value for band in bands_of(one)] if isinstance(value, list) else []


def deciding_bands(before: Files, after: Files) -> list[Json]:
    """Every band of a red flag or caution of either content, on the finding as it is called today."""
    folders = ("red-flags", "remedies")
    old = [band for folder in folders for band in bands_of(items(before, folder))]
    new = [band for folder in folders for band in bands_of(items(after, folder))]
    return [{**band, "id": read_as(band["id"], after)} for band in old] + new
