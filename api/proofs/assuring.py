"""Holds the making of the assurance report of one release: each law, how it was checked, what each red flag is.

A law that fails lets no release be made; the fault tells in whom it shows. All is pure: seed and clock are handed in.
"""

import random
from collections.abc import Callable
from typing import Final, Literal, NamedTuple

import z3
from pydantic import MISSING

from api.content.canonical import canonical, digest
from api.proofs.completing import is_exact, is_sound, loses_by_more, red_flag_checked
from api.proofs.encoding import counts
from api.proofs.laws import (
    Answer,
    Sample,
    Subject,
    ends,
    is_acted_on,
    is_explained,
    is_in_no_order,
    is_relevant,
    is_reproducible,
    narrows,
)
from api.proofs.sampling import content, person, told
from api.proofs.searching import Search
from api.proofs.witnessing import example
from api.red_flags.checking import as_model, check
from api.red_flags.edition import make_edition
from schemas.assurance import Assurance, Checked, LawChecked, RedFlagChecked, Timings
from schemas.checks import Profile
from schemas.criteria import Criterion
from schemas.problems import ContentRefused, Fault, ProfileRefused
from schemas.releases import Bundle, ReleaseReference
from schemas.words import LEVELS, RANK, Version

Progress = Callable[[int, int], None]
Try = Callable[[Sample, Subject], str]
"""Gives what is wrong in one sample; nothing where the law holds."""

PEOPLE: Final = 150
"""How many people are drawn for the laws that are tried on samples."""
INTERVIEWS: Final = 40
"""How many of them are interviewed to the end."""
PROOFS: Final = 100
"""Of how many of them the solver looks at everybody who fits what they told."""

ENDING: Final = 8
"""The law for which whole interviews are held."""
SAMPLED: Final[tuple[tuple[int, str, Try], ...]] = (
    (4, "profiles, each with one more answer", narrows),
    (5, "profiles, each shuffled, with rules turned round, and contradicted", is_in_no_order),
    (6, "profiles, each with every red flag that is present and up to five that are open", is_explained),
    (7, "profiles with each question that is asked", is_relevant),
    (8, "interviews with people who know four answers of five", ends),
    (9, "profiles, each asked twice and once of the content made anew", is_reproducible),
    (10, "profiles, each with one doubt made a report", is_acted_on),
)
"""The laws that are tried on people who are drawn."""
LAWS: Final = (
    ("silence", "Of whom nothing is known is never given an all-clear."),
    ("sound", "No completion of a profile has a level below `level` or above `worst_case`."),
    ("exact", "Some completion has `level`, and some has `worst_case`."),
    ("monotone", "What is reported never lowers; an answer to what was open narrows both ends."),
    ("order", "The order of lists, files and rules never matters; a contradiction is refused by what is denied."),
    ("explained", "`because` alone makes a red flag present; to answer `missing` and `unsure` settles it."),
    ("relevant", "All that is asked is unanswered, and something open waits for it."),
    ("ends", "Each screen asks something new; the interview ends settled or with what nobody can tell."),
    ("reproducible", "The same release and request have the same bytes."),
    ("acted on", "The advice lies between both ends and reassures only where all is settled."),
)
"""Name and short form of each law of the check, in their order."""


class Check(NamedTuple):
    """The check of a content, made twice: once as it is, once with every list of it turned round."""

    answer: Answer
    again: Answer


class Trial(NamedTuple):
    """One law tried on samples: its number, how, on at most how many, what is counted, and the question to each."""

    law: int
    how: Literal["proved", "sampled"]
    most: int
    of: str
    ask: Try


def check_of(bundle: Bundle, version: Version) -> Check:
    """Make the check of a content that is not published yet."""
    reference = ReleaseReference(
        version=version,
        sequence=1,
        digest=digest(canonical(bundle)),
        clinical_review=bundle.manifest.clinical_review,
    )
    first, second = make_edition(bundle, reference), make_edition(_turned(bundle), reference)
    return Check(lambda profile: as_model(check(profile, first)), lambda profile: as_model(check(profile, second)))


def assure(
    bundle: Bundle, version: Version, made: Check, search: Search, progress: Progress = lambda _done, _total: None
) -> Assurance:
    """Check every law on one content and report how.

    `search` asks about the worlds of this content beside itself. People are drawn from the content's own digest.

    Raises:
        ContentRefused: a law does not hold, a red flag is present in nobody, or one never stands alone and does not say
            why it stands; each fault names somebody in whom it shows. Or the solver gave up.

    """
    name = digest(canonical(bundle))
    seed = int(name.removeprefix("sha256:")[:8], 16)
    chance = random.Random(seed)  # noqa: S311 -- people are drawn, not secrets
    subject = Subject(content(bundle, search.worlds.numbers), made.answer, made.again, chance)
    faults: list[Fault] = []
    samples = _samples(subject, faults)
    trials = _trials(search)
    total = sum(trial.most for trial in trials) + len(bundle.red_flags)
    done = 0

    def step() -> None:
        nonlocal done
        done += 1
        progress(done, total)

    checked = [_silence(subject, faults), _monotone(search, faults)]
    for trial in trials:
        wrong = ""
        for sample in samples[: trial.most]:
            step()
            if not wrong and (wrong := trial.ask(sample, subject)):
                faults.append(_fault(trial.law, wrong, sample.profile))
    red_flags: list[RedFlagChecked] = []
    for flag in bundle.red_flags:
        step()
        found = red_flag_checked(flag, search, faults)
        red_flags += [found] if found is not None else []
    if faults:
        raise ContentRefused(tuple(faults))
    checked += [(one.law, Checked(how=one.how, count=one.most, of=one.of)) for one in trials]
    return Assurance(
        version=version,
        bundle=name,
        clinical_review=bundle.manifest.clinical_review,
        solver=f"z3 {z3.get_version_string()}",
        seed=seed,
        laws=tuple(
            LawChecked(number=number, name=law, law=says, checked=tuple(how for one, how in checked if one == number))
            for number, (law, says) in enumerate(LAWS, start=1)
        ),
        red_flags=tuple(red_flags),
        timings=Timings(solver_milliseconds=round(search.seconds * 1000)),
    )


def _trials(search: Search) -> list[Trial]:
    over_all = "profiles that were drawn, each with everybody who fits it"
    return [
        Trial(2, "proved", PROOFS, over_all, lambda one, _subject: is_sound(one, search)),
        Trial(3, "proved", PROOFS, over_all, lambda one, _subject: is_exact(one, search)),
        *(Trial(law, "sampled", INTERVIEWS if law == ENDING else PEOPLE, of, ask) for law, of, ask in SAMPLED),
    ]


def _samples(subject: Subject, faults: list[Fault]) -> list[Sample]:
    """Draw people and what they tell: nothing at first, in the view of each topic."""
    topics = list(subject.drawn.readable)
    samples: list[Sample] = []
    for count in range(PEOPLE):
        topic = topics[count % len(topics)]
        someone = person(subject.drawn, subject.chance)
        profile = told(someone, topic, subject.drawn, subject.chance)
        if count < len(topics):
            profile = Profile(topic=topic or MISSING, include=("possible",))
        try:
            samples.append(Sample(someone, profile, subject.answer(profile)))
        except ProfileRefused as error:
            faults.append(_fault(5, f"what somebody may say is refused ({error})", profile))
    return samples


def _silence(subject: Subject, faults: list[Fault]) -> tuple[int, Checked]:
    """Law 1: in the view of every topic an empty profile settles nothing and leaves the worst open."""
    views = list(subject.drawn.readable)
    for topic in views:
        profile = Profile(topic=topic or MISSING)
        answer = subject.answer(profile)
        ranks = [RANK[flag.level] for flag in subject.drawn.bundle.red_flags if counts(flag, topic, 0)]
        if (answer.level, answer.settled, RANK[answer.worst_case]) != (LEVELS[0], False, max(ranks, default=0)):
            faults.append(_fault(1, "it is settled, or the worst is not open", profile))
    return 1, Checked(how="exhausted", count=len(views), of="views: all topics, and each topic")


def _monotone(search: Search, faults: list[Fault]) -> tuple[int, Checked]:
    after = search.worlds.after
    formulas = {**after.red_flags, **{f"remedy {name}": one for name, one in after.kept_back.items()}}
    lost = loses_by_more(formulas, search)
    if lost is not None:
        who = example(lost[1], search.worlds.joined.after.findings).words
        faults.append(Fault("assurance.json", "/laws/3", f"law 4 (monotone): {lost[0]} holds no more. {who}."))
    of = "red flags and remedies' cautions, each over all pairs of people of whom one has more findings"
    return 4, Checked(how="proved", count=len(formulas), of=of)


def _fault(law: int, what: str, profile: Profile) -> Fault:
    said = profile.model_dump_json(exclude={"include"})
    return Fault("assurance.json", f"/laws/{law - 1}", f"law {law} ({LAWS[law - 1][0]}): {what}. It shows in {said}.")


def _turned(bundle: Bundle) -> Bundle:
    """Turn the lists of rules and findings round, and the parts of every criterion of a red flag."""
    flags = [flag.model_copy(update={"when": _turned_parts(flag.when)}) for flag in bundle.red_flags]
    return bundle.model_copy(update={"red_flags": tuple(flags[::-1]), "findings": bundle.findings[::-1]})


def _turned_parts(criterion: Criterion) -> Criterion:
    if criterion.of is MISSING:
        return criterion
    return criterion.model_copy(update={"of": tuple(_turned_parts(part) for part in criterion.of[::-1])})
