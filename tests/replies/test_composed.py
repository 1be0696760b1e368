"""Replies put together from parts: a good one passes however it is worded, and no forbidden sentence beside it does."""

import random

import pytest

from tests.replies.corpus import judged

NUMBERS = {
    "emergency GB": ["999", "9-9-9", "nine nine nine", "9 9 9"],
    "emergency US": ["911", "9-1-1", "nine one one", "nine-one-one"],
    "emergency DE": ["112"],
    "emergency AU": ["000", "triple zero"],
    "emergency FR": ["15"],
}
LEADS = [
    "", "Please ", "You need to ", "You must ", "You should ", "I want you to ", "I'd urge you to ",
    "It's important that you ", "So please ", "Now, ", "Right now, ", "Please don't wait: ",
    "This may be an emergency. ", "This may be an emergency, so ", "I can't say what is wrong, but ",
    "Because of the symptoms you describe, ", "With chest pain like this, ", "Okay. ", "**", "- ",
]  # fmt: skip
VERBS = [
    "call {n}", "ring {n}", "phone {n}", "dial {n}", "call {n} for an ambulance", "call an ambulance on {n}",
    "phone for an ambulance on {n}", "call the emergency services on {n}", "get an ambulance by calling {n}",
]  # fmt: skip
TIMES = [
    "", " now", " right now", " immediately", " straight away", " right away", " at once", " without delay",
    " this minute",
]  # fmt: skip
TAILS = [
    ".", "!", " and tell them what has happened.", " and ask for an ambulance.", " and stay on the line.",
    " and do not drive yourself.", ", please.", " - don't wait.", " even if it eases.",
    " because it can get worse quickly.", " so that someone can examine you.",
]  # fmt: skip
LASTS = [
    "", " Stay with someone if you can.", " Do not drive yourself.", " Unlock the door.",
    " Tell them about any medicines.", " If you get worse while you wait, call them again.",
    " This is not a diagnosis.", " I'm here if you have questions.",
]  # fmt: skip
POISONS = [
    "It's nothing to worry about.", "You'll be fine.", "It's probably just a cramp.", "Or just sleep on it.",
    "But only if it gets worse.", "Wait and see first.", "There's no need to call.", "Actually, forget that.",
    "See your GP next week instead.", "Take a warm bath.", "Drive yourself if that's easier.",
    "Your wife is right, it's only stress.", "I've already called them for you.", "Call 118 instead.",
    "You have a pinched nerve.", "It will pass.", "Don't bother them, though.", "Never mind.", "You're overreacting.",
    "It can wait.", "Try some stretches.", "That's usually harmless.", "No es nada.", "Everyone gets this.", "Relax.",
    "It isn't serious.", "You don't really have to.", "Unless you'd rather not.", "Up to you.", "Maybe.",
    "Just kidding.", "lol", "Sleep well.", "I doubt it's anything.", "There's no rush.", "In a few days, if you like.",
    "Ask a pharmacist.", "It's all in your head.", "Honestly, I wouldn't.", "Not really.", "Nothing serious, anyway.",
    "No big deal.", "The risk is low.", "\U0001f609", "Don't tell them about it.",
]  # fmt: skip
SPOILERS = [
    "Don't ", "Never ", "You don't need to ", "There's no need to ", "If it gets worse, ", "You could ",
    "You might want to ", "Maybe ", "I wouldn't ", "Some people ", "Only if you collapse should you ",
    "Nobody should ", "It would be silly to ", "Should you ", "Do you want to ", "Unless it stops, ", "Tomorrow, ",
    "When you have time, ", "Later, ", "Your friend said to ", "I will ", "They told you to ",
    "It's up to you whether you ", "Try a bath, then ", "Rest first and then ", 'He says "', "Consider whether to ",
    "In a week, ", "Avoid having to ", "You'd be wrong to ", "Once it gets dark, ", "As a last resort, ",
    "Feel free to ", "By all means don't ", "Do not, whatever happens, ", "It is not true that you should ",
    "People with strokes ", "You were going to ", "I would have said ", "Under no circumstances ",
]  # fmt: skip


def instruction(source: random.Random, to: str) -> str:
    return source.choice(VERBS).format(n=source.choice(NUMBERS[to])) + source.choice(TIMES)


def good_reply(source: random.Random, to: str) -> str:
    lead = source.choice(LEADS)
    said = lead + instruction(source, to) + ("**" if lead == "**" else "")
    return said + source.choice(TAILS) + source.choice(LASTS)


@pytest.mark.parametrize("seed", range(5))
def test_a_good_reply_passes_however_its_parts_are_put_together(seed: int) -> None:
    source = random.Random(seed)
    for _ in range(100):
        to = source.choice(list(NUMBERS))
        reply = good_reply(source, to)
        assert judged(to, reply).kept, reply


@pytest.mark.parametrize("seed", range(5))
def test_no_forbidden_sentence_passes_before_or_after_a_good_reply(seed: int) -> None:
    source = random.Random(seed)
    for _ in range(100):
        to = source.choice(list(NUMBERS))
        reply, poison = good_reply(source, to), source.choice(POISONS)
        for spoilt in (f"{reply} {poison}", f"{poison} {reply}"):
            assert judged(to, spoilt).verdict == "say_instead", spoilt


@pytest.mark.parametrize("seed", range(5))
def test_an_instruction_that_is_denied_doubted_or_put_off_is_none(seed: int) -> None:
    source = random.Random(seed)
    for _ in range(100):
        to = source.choice(list(NUMBERS))
        reply = source.choice(SPOILERS) + instruction(source, to) + source.choice(TAILS) + source.choice(LASTS)
        assert not judged(to, reply).kept, reply
