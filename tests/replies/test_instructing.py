"""What counts as the instruction: a firm word to the person; no if, maybe, choice, report, question or denial."""

import pytest

from tests.replies.corpus import judged


def missing(to: str, reply: str) -> set[str]:
    return {one.kind for one in judged(to, reply).missing}


@pytest.mark.parametrize(
    "reply",
    [
        "Call 999.", "You should call 999 now.", "I would urge you to call 999.", "I'd like you to call 999 now.",
        "I need someone to call 999 now.", "We recommend calling 999 now.", "I strongly advise calling 999.",
        "It is late, so call 999.", "It hurts and is new: call 999.", "No, call 999.", "But call 999 now.",
        "Call 999 or go to the nearest emergency department.", "Call 999 or have someone call 999 for you.",
        "Call 999 for an ambulance.", "Call 999, not your GP.", "Call 999 before it gets worse.",
        "Call 999 as soon as you can.", "Call 999 and tell them when it began.", "Call 999 and ask if they can hurry.",
        "Call 999, and if someone is with you, ask them to stay.", "Even if it eases, call 999 now.",
        "If you have not done so yet, call 999.", "Do not wait until morning; call 999.",
        "The number to call is 999. Call it now.",
        "An ambulance must be called now: ring 999.", "Do not hesitate to call 999.",
    ],
)  # fmt: skip
def test_an_instruction_counts_in_many_wordings(reply: str) -> None:
    assert missing("emergency GB", reply) == set()


@pytest.mark.parametrize(
    "reply",
    [
        "You would call 999 now.", "Would call 999 now.", "I should call 999 now.", "I will call 999 now.",
        "We need to call 999 now.", "They should call 999 now.", "People call 999 now.", "Who should call 999 now?",
        "Never, ever, call 999.", "Do not panic and call 999.", "Never mind the time and call 999.",
        "Rest or call 999.", "Call 999 or rest.", "Call 999, or rest.", "Call 999, or.", "Call 999 for any of these.",
        "Call 999 for", "Call 999 later.", "Call 999 in an hour.", "Call 999 after dinner.", "Call 999 is an option.",
        "Call 999 only as a last step.", "Call 999 when it spreads.", "Call 999, but only then.", "Call 999, not.",
        "Call 999, not now.", "Call 999 not", "Call 999 unless it stops.", "Call 999 and rest if you can't walk.",
        "Call 999?", "Should you call 999, now?", "Can you call 999?", '"Call 999"', "They say 'call 999' there.",
        "If it spreads, call 999.", "In case it spreads call 999.", "Unless it stops call 999.",
        "An ambulance might be called.", "An ambulance should not be called.", "Calling 999 helps.",
        "I do not recommend calling 999.", "Nobody should call 999.", "Without a doubt call 999 is wrong.",
        "call " * 200 + "999",
    ],
)  # fmt: skip
def test_what_is_no_firm_instruction_is_missing(reply: str) -> None:
    assert "action" in missing("emergency GB", reply)


@pytest.mark.parametrize(
    ("to", "reply", "lacking"),
    [
        ("emergency GB", "Call an ambulance now.", {"number"}),
        ("emergency GB", "Call an ambulance. The number is 999.", set()),
        ("emergency GB", "Call an ambulance now. Not 999.", {"action", "number"}),
        ("emergency GB", "Call an ambulance now. Is the number 999?", {"number"}),
        ("emergency nowhere", "Call an ambulance now.", {"number"}),
        ("emergency nowhere", "Call an ambulance now on your local emergency number.", set()),
        ("urgent settled GB", "See a doctor.", {"time"}),
        ("urgent settled GB", "See a doctor. Do it today.", set()),
        ("urgent settled GB", "See a doctor. If you can, do it today.", {"time"}),
        ("urgent settled GB", "See a doctor. Do not go today.", {"time"}),
        ("urgent settled GB", "See a doctor, but not today.", {"action", "time"}),
        ("urgent settled GB", "A doctor must see you today.", set()),
        ("soon settled GB", "See a doctor about the last two weeks.", {"time"}),
        ("soon settled GB", "See a doctor in no more than two weeks.", set()),
        ("soon settled GB", "See a doctor for the next few days.", set()),
        ("routine settled GB", "You could see a doctor.", set()),
        ("routine settled GB", "It would be good to see your doctor.", set()),
        ("self_care settled GB", "Look after this at home.", {"safety_net"}),
        ("asking GB", "Do you have diabetes", set()),
        ("asking GB", "Tell me about your diabetes.", set()),
        ("asking GB", "Diabetes.", {"questions"}),
    ],
)
def test_each_part_of_an_instruction_is_looked_for(to: str, reply: str, lacking: set[str]) -> None:
    assert missing(to, reply) == lacking
