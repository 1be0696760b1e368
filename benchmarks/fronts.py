"""Holds the two nginx that are compared: the shipped front with its cache, and the same one giving files instead."""

import os
import re
from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path

from benchmarks.servers import PER_ANSWER, Answer, Server, running
from tests.deploy.fronting import NGINX, placed

OF_FILES = frozenset({"connection", "content-length", "server"}) | PER_ANSWER
"""The headers that nginx gives each file by itself, or that differ from answer to answer."""
FILE = "answer"


def shipped(cores: str, folder: Path, behind: Server) -> AbstractContextManager[Server]:
    """Start the shipped front before a service; its places are exchanged, and it has one worker for one core."""
    conf, port, _ = placed(folder, [behind.port])
    return _started(conf, port, cores)


def of_files(cores: str, folder: Path, answer: Answer) -> AbstractContextManager[Server]:
    """Start the shipped front giving the body of an answer as a file at `/answer`, under the same headers."""
    conf, port, _ = placed(folder, [1])
    files = folder / "files"
    files.mkdir()
    (files / FILE).write_bytes(answer.body)
    added = [
        f"add_header {name} {_quoted(value)};"
        for name, value in answer.headers.items()
        if name not in {*OF_FILES, "content-type"}
    ]
    location = [
        "location / {",
        f"root {files};",
        "types { }",
        f"default_type {_quoted(answer.headers['content-type'])};",
        "etag off;",
        "max_ranges 0;",
        "add_header Last-Modified '';",
        *added,
        "add_header X-Request-ID $request_id;",
        "}",
    ]
    text, count = re.subn(
        r"location / \{.*?\n        \}", lambda _: "\n".join(location), conf.read_text(), flags=re.DOTALL
    )
    assert count == 1
    conf.write_text(text)
    return _started(conf, port, cores)


def differing(one: Answer, other: Answer) -> Sequence[str]:
    """Name the headers in which two answers differ, of those that do not differ from answer to answer."""
    names = (one.headers.keys() | other.headers.keys()) - PER_ANSWER
    return sorted(name for name in names if one.headers.get(name) != other.headers.get(name))


def _quoted(value: str) -> str:
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _started(conf: Path, port: int, cores: str) -> AbstractContextManager[Server]:
    text, count = re.subn(r"worker_processes 2;", "worker_processes 1;", conf.read_text())
    assert count == 1
    conf.write_text(text)
    assert NGINX is not None, "nginx is not installed"
    who = "user root; " if os.geteuid() == 0 else ""  # as root, its worker could not enter our folder
    return running([NGINX, "-c", str(conf), "-p", str(conf.parent), "-g", f"{who}daemon off;"], port, cores)
