"""JSON that two readers could take differently is refused."""

import pytest

from accounts import strict_json


def test_read_returns_what_the_bytes_say() -> None:
    assert strict_json.read('{"a":[1,1.5,"ü",null,true],"b":{"a":{}}}'.encode()) == {
        "a": [1, 1.5, "ü", None, True],
        "b": {"a": {}},
    }


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b'{"a":1,"a":1}',
        b'[{"b":{"a":1,"b":2,"a":3}}]',
        b"NaN",
        b"-Infinity",
        b"1e999",
        b'"\\ud800"',
        b'{"\\udfff":1}',
        b'"\xff"',
        b"\xff\xfe[\x00]\x00",
        b"[" * 100_000,
        b"9" * 5000,
    ],
)
def test_read_refuses_what_is_no_json_or_not_one_thing(raw: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  (whatever its words: it is refused)
        strict_json.read(raw)
