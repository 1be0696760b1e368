"""Holds the laws of the check that are tried on people who are drawn: each gives what is wrong, or nothing.

The check is handed in as a function, so that a check that breaks a law is seen to be caught. What is proved of
everybody at once is in `api.proofs.completing`.
"""

import random
from collections.abc import Callable
from typing import Final, NamedTuple

from pydantic import MISSING

from api.proofs.sampling import Content, Person
from schemas.checks import CheckAnswer, Measurement, Possible, Profile
from schemas.problems import ProfileRefused
from schemas.words import LEVELS, RANK, Json

Answer = Callable[[Profile], CheckAnswer]
"""The check of one content. Raises ProfileRefused."""
MOST_OPEN: Final = 5
"""So many of the open red flags of one answer are looked at."""
MOST_SCREENS: Final = 200
"""An interview that is not over after so many screens does not end."""


class Subject(NamedTuple):
    """A content, its check, and the check of the same content with every list turned round."""

    drawn: Content
    answer: Answer
    again: Answer
    chance: random.Random


class Sample(NamedTuple):
    """Somebody who was drawn, what they told, and the answer."""

    person: Person
    profile: Profile
    answer: CheckAnswer


def narrows(sample: Sample, subject: Subject) -> str:
    """Law 4: what is reported never lowers, and an answer to what was open only narrows both ends."""
    profile, before = sample.profile, sample.answer
    asked = subject.drawn.readable[topic_of(profile)]
    name = subject.chance.choice(asked)
    known = {*profile.present, *(one.finding for one in profile.measurements)}
    if name in known:
        return ""
    place = "present" if name in profile.absent else subject.chance.choice(["present", "absent"])
    after = answered(moved(profile, name, place, subject), subject.answer)
    if after is None:
        return ""
    if place == "present" and RANK[after.level] < RANK[before.level]:
        return f"to report {name} lowers the level"
    if name not in profile.absent and not RANK[before.level] <= RANK[after.level] <= RANK[after.worst_case]:
        return f"to answer {name} lowers the level"
    if name not in profile.absent and RANK[after.worst_case] > RANK[before.worst_case]:
        return f"to answer {name} raises the worst case"
    return ""


def is_in_no_order(sample: Sample, subject: Subject) -> str:
    """Law 5: another order of lists or rules has the same answer, and a contradiction is refused by what is denied."""
    profile = sample.profile
    shuffled = {
        name: subject.chance.sample(getattr(profile, name), len(getattr(profile, name)))
        for name in ("present", "absent", "unsure", "measurements")
    }
    turned = profile.model_copy(update={name: tuple(one) for name, one in shuffled.items()})
    if answered(turned, subject.answer) != sample.answer:
        return "the same profile in another order has another answer"
    if answered(profile, subject.again) != sample.answer:
        return "the same rules in another order have another answer"
    return _contradicted(profile, subject)


def is_explained(sample: Sample, subject: Subject) -> str:
    """Law 6: `because` alone is enough, and how `missing` and `unsure` are answered settles what is open."""
    profile = sample.profile
    for one in sample.answer.matched:
        alone = profile.model_copy(
            update={
                "present": tuple(name for name in profile.present if name in one.because),
                "absent": (),
                "unsure": (),
                "measurements": tuple(given for given in profile.measurements if given.finding in one.because),
            }
        )
        enough = answered(alone, subject.answer)
        if enough is None or one.red_flag not in {other.red_flag for other in enough.matched}:
            return f"what {one.red_flag} is present because of is not enough for it"
    still_open = open_flags(sample.answer)
    for still in subject.chance.sample(still_open, min(len(still_open), MOST_OPEN)):
        if not still.missing and not still.unsure:
            return f"{still.red_flag} is open and waits for nothing"
        full = profile
        for name in (*still.missing, *still.unsure):
            full = moved(full, name, subject.chance.choice(["present", "absent"]), subject)
        settled = answered(full, subject.answer)
        if settled is not None and still.red_flag in {other.red_flag for other in open_flags(settled)}:
            return f"{still.red_flag} is open though all that it waits for is answered"
    return ""


def is_relevant(sample: Sample, subject: Subject) -> str:
    """Law 7: all that is asked is unanswered, and to deny it leaves less to ask."""
    answer, words = sample.answer, subject.drawn.words
    waiting = {name for one in open_flags(answer) for name in one.missing}
    if answer.ask_next is MISSING:
        return "nothing is asked though something is missing" if waiting else ""
    profile = sample.profile
    given = {*profile.present, *profile.absent, *profile.unsure, *(one.finding for one in profile.measurements)}
    for question in answer.ask_next.findings:
        if question.id in given or not words.descendants[question.id] & waiting:
            return f"{question.id} is asked, and nothing waits for it"
        if question.kind == "yes_no":
            denied = answered(moved(profile, question.id, "absent", subject), subject.answer)
            less = {} if denied is None else {one.red_flag: set(one.missing) for one in open_flags(denied)}
            if denied is None or not any(
                set(one.missing) > less.get(one.red_flag, set()) for one in open_flags(answer)
            ):
                return f"to deny {question.id} leaves as much to ask"
    return ""


def ends(sample: Sample, subject: Subject) -> str:
    """Law 8: an interview asks something new on each screen, and ends settled or with what nobody can tell."""
    profile = Profile(topic=sample.profile.topic, include=("possible",))
    seen: set[str] = set()
    for _ in range(MOST_SCREENS):
        answer = answered(profile, subject.answer)
        if answer is None:
            return "honest answers contradict each other"
        waiting = any(one.missing for one in open_flags(answer))
        if waiting is (answer.ask_next is MISSING):
            return "questions are asked where nothing is missing, or none where something is"
        if answer.ask_next is MISSING:
            return "" if answer.status in {"settled", "cannot_tell"} else "it ends with neither"
        for question in answer.ask_next.findings:
            if question.id in seen:
                return f"{question.id} is asked twice"
            seen.add(question.id)
            profile = _answering(profile, question.id, sample.person, subject)
    return "it does not end"


def is_reproducible(sample: Sample, subject: Subject) -> str:
    """Law 9: the same profile has the same bytes again, and from the same content made anew."""
    first = sample.answer.model_dump_json()
    for check in (subject.answer, subject.again):
        answer = answered(sample.profile, check)
        if answer is None or answer.model_dump_json() != first:
            return "the same profile has another answer"
    return ""


def is_acted_on(sample: Sample, subject: Subject) -> str:
    """Law 10: the advice lies between both ends, and reassures only where all is settled."""
    answer, profile = sample.answer, sample.profile
    settled = answer.level == answer.worst_case
    if answer.settled is not settled or (answer.status == "settled") is not settled:
        return "it is settled where both ends differ, or not where they are equal"
    if answer.advice is MISSING:
        silent = answer.status == "ask" and RANK[answer.level] < RANK["urgent"]
        return "" if silent else "there is no advice"
    if not RANK[answer.level] <= answer.advice.rank <= RANK[answer.worst_case]:
        return "the advice is outside both ends"
    if not answer.settled and answer.advice.level == LEVELS[0]:
        return "it reassures though it is not settled"
    doubted = [name for name in profile.unsure if name not in subject.drawn.values]  # a number may tell of less
    for name in doubted[:3]:
        after = answered(moved(profile, name, "present", subject), subject.answer)
        if after is not None and after.advice is not MISSING and after.advice.rank < answer.advice.rank:
            return f"to report {name}, which was unsure, lowers the advice"
    return ""


def topic_of(profile: Profile) -> str:
    """Give the topic that a profile asks about; "" for all."""
    return "" if profile.topic is MISSING else profile.topic


def answered(profile: Profile, check: Answer) -> CheckAnswer | None:
    """Give the answer to a profile; None where it is refused."""
    try:
        return check(profile)
    except ProfileRefused:
        return None


def open_flags(answer: CheckAnswer) -> tuple[Possible, ...]:
    """Give the open red flags of an answer that was asked for them."""
    return () if answer.possible is MISSING else answer.possible


def moved(profile: Profile, name: str, place: str, subject: Subject) -> Profile:
    """Give a profile with one finding in another list; a number with one of its values, whichever the list."""
    lists: dict[str, Json] = {
        one: tuple(other for other in getattr(profile, one) if other != name) for one in ("present", "absent", "unsure")
    }
    lists["measurements"] = tuple(one for one in profile.measurements if one.finding != name)
    if name in subject.drawn.values:
        value = subject.chance.choice(subject.drawn.values[name])
        lists["measurements"] += (Measurement(finding=name, value=value),)
    else:
        lists[place] += (name,)
    return profile.model_copy(update=lists)


def _answering(profile: Profile, name: str, person: Person, subject: Subject) -> Profile:
    """Answer a question truthfully, one time in five by not knowing; a number that does not exist is not known."""
    values = subject.drawn.values
    if subject.chance.randrange(5) == 0 or (name in values and name not in person.numbers):
        return profile.model_copy(update={"unsure": (*profile.unsure, name)})
    if name in values:
        measured = Measurement(finding=name, value=person.numbers[name])
        return profile.model_copy(update={"measurements": (*profile.measurements, measured)})
    return moved(profile, name, "present" if name in person.has else "absent", subject)


def _contradicted(profile: Profile, subject: Subject) -> str:
    """Deny what a finding that is present implies: it must be refused by pointing at the denial alone."""
    if not profile.present:
        return ""
    words = subject.drawn.words
    above = subject.chance.choice(sorted(words.ancestors[subject.chance.choice(profile.present)]))
    denied = profile.model_copy(update={"absent": (*profile.absent, above)})
    try:
        subject.answer(denied)
    except ProfileRefused as error:
        pointed = [one.pointer for one in error.errors]
        if pointed != [f"/absent/{len(profile.absent)}"]:
            return f"to deny {above} against what is present is refused, and something else is pointed at"
        return ""
    return f"to deny {above} against what is present is accepted"
