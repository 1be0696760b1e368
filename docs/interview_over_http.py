"""Holds a whole conversation over HTTP by `status` and `ask_next`, on the terminal. Decides nothing itself.

Run it with the address of the service and the country: python docs/interview_over_http.py http://127.0.0.1:8000 GB
"""

import sys
from typing import Any

import httpx

YES, NO, UNSURE = {"y", "yes"}, {"n", "no"}, {"u", "unsure", "not sure", "?"}


def main(address: str, region: str) -> None:
    """Ask what the check asks next and send everything again, until nothing is left to ask."""
    known: dict[str, Any] = {"topic": "leg-twitching", "region": region}
    known |= {"present": [], "absent": [], "unsure": [], "measurements": []}
    spoken = ""
    while True:
        answer = httpx.post(f"{address}/v1/red-flag-checks", json=known).raise_for_status().json()
        if answer["say"] != spoken:
            spoken = answer["say"]
            print(f"\n{spoken}\n")
        if "ask_next" not in answer:  # `status` is settled or cannot_tell: `advice` is the instruction
            print(f"[{answer['status']}: {answer['advice']['level']}, release {answer['release']['version']}]")
            return
        print(answer["ask_next"]["prompt"])
        for question in answer["ask_next"]["findings"]:
            take(question, known)


def take(question: dict[str, Any], known: dict[str, Any]) -> None:
    """Ask one question until the reply is one that can be passed on; anything unclear is asked again, never guessed."""
    while True:
        reply = input(f"  {question['question']} ").strip().lower()
        if reply in UNSURE:
            known["unsure"].append(question["id"])
        elif question["kind"] == "number" and reply.replace(".", "", 1).isdecimal():
            known["measurements"].append({"finding": question["id"], "value": float(reply)})
        elif question["kind"] == "yes_no" and reply in YES | NO:
            known["present" if reply in YES else "absent"].append(question["id"])
        else:
            print("  Please say yes, no or not sure; where a number is asked, the number.")
            continue
        return


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
