"""What the headers of a request choose: codings by weight, tags weakly and strongly, ranges."""

import pytest

from api.web.negotiating import codings, is_known, is_meant, part


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (None, "identity"),
        (b"", "identity"),
        (b"gzip", "gzip identity"),
        (b"x-gzip", "gzip identity"),
        (b"GZIP;Q=1", "gzip identity"),
        (b"gzip, deflate, br", "br gzip identity"),
        (b"gzip, deflate, br, zstd", "br gzip identity"),
        (b"br;q=0.5, gzip;q=0.8", "gzip br identity"),
        (b"br;q=0.5,gzip;q=0.5", "br gzip identity"),
        (b"gzip;q=0", "identity"),
        (b"gzip;q=0.000, br", "br identity"),
        (b"identity;q=0", ""),
        (b"identity;q=0, gzip", "gzip"),
        (b"*;q=0", ""),
        (b"*;q=0, br", "br"),
        (b"*", "br gzip identity"),
        (b"gzip;q=0, *", "br identity"),
        (b"*;q=0.1, identity;q=0.5", "identity br gzip"),
        (b"identity, gzip;q=0.9", "identity gzip"),
        (b"gzip;q=0.001", "gzip identity"),
        (b"gzip;q=2, br;q=-1, ;q=1, ,", "identity"),
        (b"gzip;level=9", "identity"),
        (b"deflate, zstd", "identity"),
        (b"\xff", "identity"),
    ],
)
def test_codings_are_taken_by_weight_and_then_by_size(header: bytes | None, expected: str) -> None:
    assert " ".join(codings(header)) == expected


@pytest.mark.parametrize(
    ("header", "known", "meant"),
    [
        (b'"a"', True, True),
        (b'W/"a"', True, False),
        (b'"b", "a"', True, True),
        (b'"b" , W/"a"', True, False),
        (b' "a" ', True, True),
        (b',"b",,"a",', True, True),
        (b"*", True, True),
        (b'"b"', False, False),
        (b'"A"', False, False),
        (b"a", False, False),
        (b'"a', False, False),
        (b'"b", a, "a"', False, False),
        (b'w/"a"', False, False),
        (b"", False, False),
    ],
)
def test_tags_are_compared_weakly_to_know_and_strongly_to_mean(header: bytes, known: bool, meant: bool) -> None:  # noqa: FBT001
    assert is_known(header, b'"a"') is known
    assert is_meant(header, b'"a"') is meant


@pytest.mark.parametrize(
    ("header", "places"),
    [
        (b"bytes=0-0", range(1)),
        (b"bytes=2-4", range(2, 5)),
        (b"bytes=7-", range(7, 10)),
        (b"bytes=7-100", range(7, 10)),
        (b"bytes=-3", range(7, 10)),
        (b"bytes=-100", range(10)),
        (b"Bytes= 2-4 ", range(2, 5)),
        (b"bytes=10-", range(10, 10)),
        (b"bytes=-0", range(10, 10)),
        (b"bytes=10-12", range(10, 10)),
        (b"bytes=4-2", None),
        (b"bytes=-", None),
        (b"bytes=0-1,3-4", None),
        (b"lines=0-1", None),
        (b"bytes=a-b", None),
        (b"bytes=99999999999999999999-", None),
    ],
)
def test_a_range_is_one_run_of_bytes_or_nothing(header: bytes, places: range | None) -> None:
    assert part(header, 10) == places
