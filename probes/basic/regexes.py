"""Regular expressions over texts, by RE2: their time grows with the length of the text and no faster."""

from functools import lru_cache
from typing import Annotated, Any

import re2
from pydantic import AfterValidator

from checks.values import RuleError


@lru_cache(maxsize=4096)
def pattern(text: str) -> Any:
    """Give a regular expression ready to search a text by. Raises RuleError, without the expression."""
    options = re2.Options()
    options.log_errors = False
    try:
        return re2.compile(text, options)
    except (re2.error, UnicodeEncodeError):
        raise RuleError("must be a regular expression that RE2 can read") from None


def _regex(text: str) -> str:
    pattern(text)
    return text


Regex = Annotated[str, AfterValidator(_regex)]
