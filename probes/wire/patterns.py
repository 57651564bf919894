r"""What bytes from outside must be like, and how they are shown: regular expressions (RE2) and hex.

A pattern sees bytes, one for one: `.` is a byte, `\xff` is the byte 255, and a letter beyond ASCII stands
for its bytes in UTF-8. `^` and `$` are the ends of a line as well as those of the text.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Annotated, Any

import re2
from pydantic import AfterValidator

from checks.values import RuleError, Secret

SHOWN = 200  # characters of what came that are shown in a detail
HEX = re.compile(r"(?:[0-9A-Fa-f]{2})+")
SHORT = 4  # bytes of a secret from which on it is looked for in what came back
MASK = b"***"


@lru_cache(maxsize=4096)
def compiled(pattern: str) -> Any:
    """Give a pattern ready to search by. Raises RuleError, without the pattern."""
    options = re2.Options()
    options.encoding = re2.Options.Encoding.LATIN1
    options.log_errors = False
    try:
        return re2.compile(b"(?m)" + pattern.encode(), options)
    except (re2.error, UnicodeEncodeError):
        raise RuleError("must be a regular expression that RE2 can read") from None


def read_regex(pattern: str) -> str:
    """Accept a pattern that asks for something."""
    if compiled(pattern).search(b""):
        raise RuleError("must be a regular expression that an empty text does not match")
    return pattern


def read_hex(text: str) -> str:
    """Accept pairs of hexadecimal digits, with blanks or colons between them; give them without."""
    bare = text.replace(" ", "").replace(":", "")
    if not HEX.fullmatch(bare):
        raise RuleError("must be pairs of hexadecimal digits, such as 0d0a or 0d 0a")
    return bare.lower()


Regex = Annotated[str, AfterValidator(read_regex)]
Hex = Annotated[str, AfterValidator(read_hex)]


def literally(digits: str) -> str:
    """Give the pattern of just these bytes, written as `Hex` has them."""
    return "".join(f"\\x{byte:02x}" for byte in bytes.fromhex(digits))


def to_send(text: Secret | None, digits: str | None) -> bytes | None:
    """Give the bytes that one of two options says, if one does."""
    if text is not None:
        return text.reveal().encode()
    return None if digits is None else bytes.fromhex(digits)


def found(pattern: str, data: bytes | bytearray, begin: int = 0) -> int | None:
    """Say where the first match at or after `begin` ends."""
    match = compiled(pattern).search(bytes(data), begin)
    return match.end() if match else None


def shown(data: bytes, hidden: Iterable[bytes] = (), most: int = SHOWN) -> str:
    """Write bytes for people: cut, in quotes, on one line, and without what is hidden, nor its last word."""
    parts = (part for whole in hidden for part in (whole.strip(), *whole.split()[-1:]))
    for secret in sorted({part for part in parts if len(part) >= SHORT}, key=len, reverse=True):
        data = _without_beginning(data.replace(secret, MASK), secret)
    text = "".join(map(_visible, data[: 4 * most].decode("utf-8", "backslashreplace")))
    return f"'{text[:most]}…'" if len(text) > most or len(data) > 4 * most else f"'{text}'"


def _without_beginning(data: bytes, secret: bytes) -> bytes:
    """Take away what the data end with where a secret begins like that: the rest has not come yet."""
    for size in range(min(len(secret) - 1, len(data)), SHORT - 1, -1):
        if data.endswith(secret[:size]):
            return data[:-size] + MASK
    return data


def _visible(character: str) -> str:
    if character.isprintable():
        return character
    return character.encode("unicode_escape").decode()
