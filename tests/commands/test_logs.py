import json
import logging
import re
from io import StringIO

from commands.logs import instant, logging_to

log = logging.getLogger("watchkeeper.test")


def test_an_instant_is_utc_to_the_millisecond() -> None:
    assert instant(0.0125) == "1970-01-01T00:00:00.012Z"


def test_a_record_is_a_line_with_time_level_and_logger() -> None:
    stream = StringIO()
    with logging_to(stream, "text", "info"):
        log.warning("%s is off", "oncall")

    line = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z warning watchkeeper\.test: oncall is off\n"
    assert re.fullmatch(line, stream.getvalue())


def test_nobody_can_forge_a_line() -> None:
    stream = StringIO()
    with logging_to(stream, "text", "info"):
        log.info("said: %s", "x\n2026-01-01T00:00:00.000Z error watchkeeper: on fire\x1b[2J")

    assert stream.getvalue().count("\n2026") == 0
    assert "\x1b" not in stream.getvalue()


def test_json_holds_one_object_a_line_with_the_exception() -> None:
    stream = StringIO()
    with logging_to(stream, "json", "info"):
        try:
            int("no such number")
        except ValueError:
            log.exception("went wrong")

    (line,) = stream.getvalue().splitlines()
    said = json.loads(line)
    assert (said["level"], said["logger"], said["message"]) == ("error", "watchkeeper.test", "went wrong")
    assert "ValueError: invalid literal" in said["exception"]
    assert said["at"].endswith("Z")


def test_what_lies_under_the_level_is_not_said() -> None:
    stream = StringIO()
    with logging_to(stream, "text", "warning"):
        log.info("quiet")
        log.error("loud")

    assert "quiet" not in stream.getvalue()
    assert "loud" in stream.getvalue()


def test_afterwards_logging_is_as_before() -> None:
    stream, root = StringIO(), logging.getLogger()
    before = (root.level, list(root.handlers))
    with logging_to(stream, "text", "debug"):
        pass

    assert (root.level, root.handlers) == before
