"""Holds the items of content as editors write them, one model a kind. Refuses to hold rules about several items."""

from datetime import date
from typing import Annotated, Literal

from pydantic import MISSING, Field, StringConstraints

from schemas.criteria import Criterion
from schemas.words import (
    Address,
    ClinicalReview,
    CountryCode,
    Duration,
    EvidenceStrength,
    FindingKind,
    Frozen,
    Identifier,
    LanguageTag,
    Level,
    Text,
)

Identifiers = tuple[Identifier, ...]
Texts = tuple[Text, ...]


class Evidence(Frozen):
    """How strong the support for an item is, with one sentence of why."""

    strength: EvidenceStrength
    threshold: Literal["expert_opinion"] | MISSING = MISSING
    """Given where a limit, a window or a choice in the criterion is opinion, whatever supports the rest."""
    why: Text


class Code(Frozen):
    """A code in a classification, given only where it is sure; a link target, never a reproduced text."""

    system: Literal["hpo", "icd-10-cm", "icd-11"]
    code: Annotated[str, StringConstraints(pattern=r"^[A-Z0-9:.\-]+$", max_length=20)]


class Review(Frozen):
    """When the item was written and when it must be looked at again; no clinician has reviewed it."""

    written_on: date
    check_again_by: date
    clinical_review: ClinicalReview


class Statement(Frozen):
    """One claim with the sources that carry it."""

    text: Text
    citations: Identifiers = Field(min_length=1)


class Section(Frozen):
    """A headed passage of a topic's article, graded and cited."""

    heading: Text
    text: Text
    evidence: Evidence
    citations: Identifiers = Field(min_length=1)


class Topic(Frozen):
    """A subject that people ask about; causes, remedies and mild red flags name the topics they belong to."""

    id: Identifier
    title: Text
    summary: Text
    synonyms: Texts = ()
    sections: tuple[Section, ...] = Field(min_length=1)
    watch_for: Identifiers = Field(min_length=1, max_length=5)
    """The red flags that a person with this complaint is told to look out for."""
    remedies: Identifiers = ()
    """The remedies that suit the complaint whatever its cause."""
    evidence: Evidence
    citations: Identifiers = Field(min_length=1)
    review: Review


class Clue(Frozen):
    """What tells one cause from another: words, and the findings that say the same."""

    text: Text
    findings: Identifiers = ()


class Agent(Frozen):
    """A medicine or substance, what it does, and how well that is shown."""

    name: Text
    effect: Text
    evidence: Evidence
    citations: Identifiers = Field(min_length=1)


class Mechanism(Frozen):
    """How a cause is thought to work, and how well that is shown."""

    text: Text
    evidence: Evidence
    citations: Identifiers = Field(min_length=1)


class Cause(Frozen):
    """Something that can make legs twitch or that people mistake for it."""

    id: Identifier
    title: Text
    summary: Text
    topics: Identifiers = Field(min_length=1)
    category: Literal[
        "sleep_or_movement", "medicine_or_substance", "body_or_mind", "dangerous_look_alike", "retired_term"
    ]
    synonyms: Texts = ()
    how_common: tuple[Statement, ...] = ()
    tells_apart: tuple[Clue, ...] = ()
    mechanism: Mechanism | MISSING = MISSING
    agents: tuple[Agent, ...] = ()
    remedies: Identifiers = ()
    disagreement: tuple[Statement, ...] = ()
    codes: tuple[Code, ...] = ()
    evidence: Evidence
    citations: Identifiers = Field(min_length=1)
    review: Review


class Caution(Frozen):
    """A reason for care with a remedy; with a criterion the remedy is withheld from those whom it fits."""

    text: Text
    unsuitable_when: Criterion | MISSING = MISSING


class Remedy(Frozen):
    """Something that a person or their clinician can do."""

    id: Identifier
    title: Text
    summary: Text
    topics: Identifiers = Field(min_length=1)
    category: Literal["routine", "food_and_drink", "body", "mind", "surroundings", "medicine", "seeing_someone"]
    use: Literal["self_care", "with_professional", "not_self_care"]
    """Only `self_care` remedies are ever suggested by a check."""
    for_whom: Text
    outcome: Text
    """What the evidence measured; it is never the number of jerks unless it says so."""
    steps: Texts = Field(min_length=1)
    cautions: tuple[Caution, ...] = ()
    causes: Identifiers = ()
    synonyms: Texts = ()
    disagreement: tuple[Statement, ...] = ()
    evidence: Evidence
    citations: Identifiers = Field(min_length=1)
    review: Review


class RedFlag(Frozen):
    """A criterion with the level of care it calls for, the reason and the sources.

    Red flags of `urgent` and `emergency` name no topic: they are always considered.
    """

    id: Identifier
    title: Text
    """What is suspected, in words that can stand in a sentence after "signs of"."""
    summary: Text
    level: Level
    topics: Identifiers = ()
    when: Criterion
    if_unsure: Literal["emergency"] | MISSING = MISSING
    """Given where a person who cannot tell must still call an ambulance."""
    graver: Identifiers = ()
    """The red flags that stand above this one on the same ladder."""
    beside: Text | MISSING = MISSING
    """Why it stands though others of its level or above are present wherever it is; given only where that is so."""
    why: Text
    service: Text
    while_waiting: Texts = ()
    codes: tuple[Code, ...] = ()
    evidence: Evidence
    citations: Identifiers = Field(min_length=1)
    review: Review


class Finding(Frozen):
    """One observable fact about a person that a criterion may ask about."""

    id: Identifier
    kind: FindingKind
    name: Text
    """A short noun phrase for use inside a sentence, such as "chest pain"; a gate's question uses it word for word."""
    question: Text
    help: Text | MISSING = MISSING
    synonyms: Texts = ()
    implies: Identifiers = ()
    """The findings that must be true wherever this one is: its gates."""
    unit: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9./%{}]+$", max_length=20)] | MISSING = MISSING
    """The unit of a number as UCUM writes it, such as `a` (years) or `wk` (weeks)."""
    minimum: float | MISSING = MISSING
    maximum: float | MISSING = MISSING
    decimals: int | MISSING = Field(default=MISSING, ge=0, le=2)
    of: Identifier | MISSING = MISSING
    """The yes/no finding without which the number does not exist (weeks of pregnancy, of pregnant)."""
    replaced_by: Identifier | MISSING = MISSING
    """Set on a retired finding: it is still accepted and read as this one."""


class Source(Frozen):
    """Where a claim comes from, and whether its text was read."""

    id: Identifier
    title: str = Field(min_length=1, max_length=500)
    publisher: str = Field(min_length=1, max_length=200)
    """The journal, book or body that published it."""
    authors: str | MISSING = Field(default=MISSING, max_length=300)
    year: int | MISSING = Field(default=MISSING, ge=1900, le=2100)
    address: Address | MISSING = MISSING
    doi: Annotated[str, StringConstraints(pattern=r"^10\.\d{4,9}/\S+$", max_length=200)] | MISSING = MISSING
    pmid: Annotated[str, StringConstraints(pattern=r"^\d{1,9}$")] | MISSING = MISSING
    kind: Literal[
        "guideline",
        "health_service",
        "classification",
        "systematic_review",
        "review",
        "trial",
        "observational",
        "case_report",
        "reference_work",
        "tertiary",
        "data",
    ]
    read: bool
    """True only where the supporting text was read; false where it is cited from general knowledge."""
    note: Text | MISSING = MISSING
    """How it was read (an abstract, a summary by others), or what must be checked."""


class Reassurance(Frozen):
    """Words shown where an answer is settled at self_care; it is never weighed against a red flag."""

    id: Identifier
    title: Text
    text: Text
    topics: Identifiers = Field(min_length=1)
    when: Criterion
    """Shown where this criterion is present."""
    evidence: Evidence
    citations: Identifiers = Field(min_length=1)
    review: Review


class LevelText(Frozen):
    """What one level asks of a person."""

    id: Level
    rank: int = Field(ge=0, le=4)
    headline: Text
    action: Text
    service: Text
    within: Duration | MISSING = MISSING
    """How soon, only where a source gives it."""
    citations: Identifiers = ()


class CrisisLine(Frozen):
    """Somebody to talk to in a crisis, where it is sure."""

    name: Text
    contact: Text


class Region(Frozen):
    """The number that calls an ambulance in one country, and where to find a crisis line."""

    code: CountryCode
    name: Text
    ambulance: Annotated[str, StringConstraints(pattern=r"^[0-9]{2,6}$")]
    crisis_lines: tuple[CrisisLine, ...] = ()
    citations: Identifiers = Field(min_length=1)
    checked_on: date


class Regions(Frozen):
    """Every region with data, and the directory to look in for all others."""

    crisis_directory: Address
    regions: tuple[Region, ...]


class Forbidden(Frozen):
    """One kind of statement that must not stand beside an answer, and how it is commonly phrased."""

    what: Text
    examples: Texts = ()


class NotToSay(Frozen):
    """What a chatbot must not say, kind by kind; which of them hold for an answer is worked out, not written here.

    Each may be missing, for a release that is older than its kind; a draft must have them all.
    """

    reassurance: Forbidden | MISSING = MISSING
    all_clear: Forbidden | MISSING = MISSING
    waiting: Forbidden | MISSING = MISSING
    no_need_of_care: Forbidden | MISSING = MISSING
    milder_care: Forbidden | MISSING = MISSING
    hedging: Forbidden | MISSING = MISSING
    diagnosis: Forbidden | MISSING = MISSING
    self_treatment: Forbidden | MISSING = MISSING
    driving: Forbidden | MISSING = MISSING
    false_help: Forbidden | MISSING = MISSING
    retraction: Forbidden | MISSING = MISSING
    wrong_number: Forbidden | MISSING = MISSING


class Phrases(Frozen):
    """The sentences from which an answer is spoken; `{...}` names what is put in.

    Those that may be missing are younger than the first releases, which never change; a draft must have them all.
    """

    ask_prompt: Text
    """Stands above a screen of questions."""
    no_advice_yet: Text
    """Spoken where nothing can be advised before more is asked."""
    questions_go_on: Text
    """Spoken after an urgent advice, where more is still to be asked."""
    matched: Text
    """Takes {titles}: the red flags at the advised level."""
    could_not_rule_out: Text
    """Takes {titles}: the red flags that only unsure answers leave open."""
    call_number: Text
    """Takes {number}."""
    local_emergency_number: Text
    """Stands for {number} where the region is not known."""
    safety_net: Text
    """Takes {signs}, which are whole sentences, and {number}: what to look out for from now on."""
    no_diagnosis: Text
    superseded: Text
    """Takes {version}: an older release was asked for, this is the newest."""
    recalled: Text
    """Takes {version}: the release that was asked for is recalled as unsafe."""
    joining_and: Text
    """Stands before the last entry of a list."""
    known_so_far: Text | MISSING = MISSING
    """Takes {titles}: the red flags that are present while it is still open whether there are graver ones."""
    who_can_help: Text | MISSING = MISSING
    """Takes {services}: where to turn with the red flags at the advised level."""
    more: Text | MISSING = MISSING
    """Takes {count}: stands for the rest of a list that is too long to be spoken."""
    question: Text | MISSING = MISSING
    """Takes {count} and {question}: one question of a screen, spoken."""
    closing: Text | MISSING = MISSING
    """Takes {action}: a last sentence for a reply that left out what to do."""
    must_not_say: NotToSay | MISSING = MISSING


class ContentManifest(Frozen):
    """What the whole content is, under which terms, for which use, and who has reviewed it."""

    schema_version: Annotated[str, StringConstraints(pattern=r"^\d+\.\d+$")]
    title: Text
    default_language: LanguageTag
    languages: tuple[LanguageTag, ...] = Field(min_length=1)
    licence: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    clinical_review: ClinicalReview
    review_policy: Text
    intended_use: Text
    emergency_line: Text
