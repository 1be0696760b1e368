"""What the tests of matching share: one call from a text to what it may mean."""

from typing import NamedTuple

from api.matching.matching import Matches, match
from api.red_flags.edition import Edition
from schemas.matches import FindingMatch


class Found(NamedTuple):
    """What a text was found to say, with the text."""

    text: str
    matches: Matches

    def of(self, name: str) -> FindingMatch | None:
        """The candidate of one finding, None where there is none."""
        return next((one for one in self.matches.findings if one.finding == name), None)

    def told(self, name: str) -> str:
        """How one finding is taken: "present", "absent", "ask", "denied" (to be asked), "" where it is not found."""
        one = self.of(name)
        if one is None:
            return ""
        return "denied" if one.denied and one.propose == "ask" else one.propose

    def doubts(self, name: str) -> set[str]:
        """What is doubtful about one finding."""
        one = self.of(name)
        return set() if one is None else set(one.doubts)

    def words(self, name: str) -> list[str]:
        """The words of every span of one finding."""
        one = self.of(name)
        return [] if one is None else [self.text[span.start : span.end] for span in one.spans]

    def left(self) -> list[str]:
        """The words that were not understood."""
        return [self.text[span.start : span.end] for span in self.matches.not_understood]

    def numbers(self) -> dict[tuple[str, float], str]:
        """How each number is proposed."""
        return {(one.finding, one.value): one.propose for one in self.matches.measurements}


def find(text: str, edition: Edition, language: str = "en") -> Found:
    """Match a text against every finding of an edition."""
    texts = edition.texts[language]
    return Found(text, match(text, texts.words(), texts.findings, frozenset(texts.findings)))
