"""Holds how hard a text is to read: the Flesch-Kincaid grade, offline. Knows no content.

Source: J. P. Kincaid and others, Derivation of New Readability Formulas for Navy Enlisted Personnel, Research Branch
Report 8-75 (1975): 0.39 x words per sentence + 11.8 x syllables per word - 15.59. Syllables are counted by the points
at which a word may be hyphenated, which misses a few and never invents one.
"""

import re
from functools import cache
from typing import Final

import pyphen

_WORD: Final = re.compile(r"[A-Za-z]+(?:'[a-z]+)?")
_SENTENCE_END: Final = re.compile(r"[.!?:;]+(?:\s|$)")

NAMES: Final = frozenset(
    """
    ambulance antipsychotic artery baclofen bladder caffeine confusion cancer clonazepam diabetes dialysis doctor
    emergency epilepsy family hospital illness infection injury insulin iron kidney lithium medicine medicines
    melatonin meningitis muscle muscles nicotine nurse opioids pharmacist poison potassium pregnancy pregnant quinine
    sedatives seizure serotonin spasm sulfonylurea tetanus thyroid withdrawal
    """.split()  # noqa: SIM905 -- a table is read more easily than sixty quoted strings
)
"""Names of things that have no plainer word; each counts as two syllables, however many it has."""


def grade(text: str) -> float:
    """Give the school grade in which a text can be read; a list of signs counts each sign that ends in a stop."""
    words = _WORD.findall(text)
    if not words:
        return 0.0
    sentences = max(1, len(_SENTENCE_END.findall(text)))
    syllables = sum(_syllables(word.lower()) for word in words)
    return 0.39 * len(words) / sentences + 11.8 * syllables / len(words) - 15.59


@cache
def _english() -> pyphen.Pyphen:
    """Give the points at which English words are hyphenated; who only serves never asks for them."""
    return pyphen.Pyphen(lang="en_US")


@cache
def _syllables(word: str) -> int:
    return min(len(_english().positions(word)) + 1, 2 if word in NAMES else 99)
