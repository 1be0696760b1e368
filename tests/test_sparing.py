"""What spares memory changes nothing but memory: parts of packages are the parts of the whole, the heap is one."""

import sys

import pytest

from api.parts import in_part
from tests.face.test_start import said

ARENAS = """
import ctypes, sys, threading
from api.allocating import give_back_what_is_free
if sys.argv[1:] != ["as it comes"]:
    give_back_what_is_free()
held, go = [], threading.Barrier(4)
def hold():
    go.wait()
    held.extend([bytes(100_000) for _ in range(50)])
    go.wait()
threads = [threading.Thread(target=hold) for _ in range(4)]
[one.start() for one in threads]
[one.join() for one in threads]
libc = ctypes.CDLL(None)
libc.fopen.restype = ctypes.c_void_p
libc.malloc_info(0, ctypes.c_void_p(libc.fopen(b"/dev/stdout", b"w")))
libc.fflush(None)
"""
"""Tells the heaps of a process in which several threads held memory at once."""
GNU = pytest.mark.skipif(sys.platform != "linux", reason="only the C library of GNU has these options")


def heaps(*words: str) -> int:
    """Count the heaps that threads made."""
    return sum("<heap nr=" in line for line in said(ARENAS, *words))


@GNU
def test_threads_share_one_heap() -> None:
    assert heaps("as it comes") > 1
    assert heaps() == 1


@pytest.mark.parametrize(
    ("package", "part", "name", "others"),
    [
        ("snowballstemmer", "snowballstemmer.english_stemmer", "EnglishStemmer", "snowballstemmer.german_stemmer"),
        ("mcp mcp.server", "mcp.server.lowlevel.server", "Server", "mcp.client"),
    ],
)
def test_a_part_is_loaded_alone_and_is_that_of_the_whole(package: str, part: str, name: str, others: str) -> None:
    code = f"""
import importlib, sys
from api.parts import in_part
with in_part(*{package!r}.split()):
    alone = importlib.import_module({part!r})
print({others!r} in sys.modules, any(one in sys.modules for one in {package!r}.split()))
for one in {package!r}.split():
    importlib.import_module(one)
importlib.import_module({others!r})
print(importlib.import_module({part!r}) is alone, hasattr(alone, {name!r}))
"""
    assert said(code) == ["False False", "True True"]


def test_threads_that_load_parts_at_once_do_not_get_in_each_others_way() -> None:
    code = """
import sys, threading
from concurrent.futures import ThreadPoolExecutor
from api.content.wording import stemmer
sys.setswitchinterval(1e-6)
languages = ["da", "de", "en", "es", "fi", "fr", "hu", "it", "nl", "no", "pl", "pt", "ro", "ru", "sv", "tr"]
begin = threading.Barrier(len(languages))
def stem(language):
    begin.wait()
    return stemmer(language)("x")
with ThreadPoolExecutor(len(languages)) as threads:
    print(*threads.map(stem, languages))
"""
    assert said(code) == [" ".join("x" * 16)]


def test_a_package_that_is_loaded_stays_as_it_is() -> None:
    import json  # noqa: PLC0415 -- it is looked at only here

    with in_part("json", "json.nowhere"):
        assert sys.modules["json"] is json
        assert "json.nowhere" not in sys.modules
    assert sys.modules["json"] is json


def test_what_fails_within_leaves_no_package_half_loaded() -> None:
    code = """
import sys
from api.parts import in_part
try:
    with in_part("snowballstemmer"):
        import snowballstemmer.nowhere
except ModuleNotFoundError:
    print("snowballstemmer" in sys.modules)
"""
    assert said(code) == ["False"]


def test_the_protocol_and_the_search_load_no_more_than_their_parts() -> None:
    code = """
import asyncio, sys
from api.mcp import door
from api.settings import read_settings
from api.app import make_routes
from api.content.wording import stemmer
from api.releases.library import load_library
app = make_routes(load_library(read_settings().releases))
door._make_exchange(app)
print(stemmer("en-GB")("twitching"), "mcp.server.lowlevel" in sys.modules)
seldom = {"mcp.client", "mcp.server.mcpserver", "cryptography", "snowballstemmer.german_stemmer"}
print(*sorted(seldom & set(sys.modules)))
"""
    assert said(code) == ["twitch True", ""]
