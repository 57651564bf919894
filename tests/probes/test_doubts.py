"""Notes of options without an effect, and of tokens that can be guessed."""

from dataclasses import replace
from typing import Any

import pytest
from pydantic import TypeAdapter

from checks.model import Check
from checks.notes import Note
from probes.basic.heartbeat import Heartbeat
from probes.basic.http import Http
from probes.doubts import SHORTEST, guessable, idle
from tests.exporter.views import company

URL = {"url": "https://login.example.com/"}


def http(**options: Any) -> object:
    return TypeAdapter(Http).validate_python({**URL, **options})


def beat(token: str) -> object:
    return TypeAdapter(Heartbeat).validate_python({"within": "1h", "token": token})


def told(rule: Any, probe: object, **options: Any) -> list[Note]:
    check = Check(name="a", kind="k", probe=probe, service="sso", **options)
    return list(rule(replace(company([]), checks={"a": check})))


@pytest.mark.parametrize(
    ("probe", "options", "notes"),
    [
        (http(), {"slow_after": 9.0}, []),
        (
            http(),
            {"slow_after": 10.0},
            [("slow_after", "has no effect: an attempt ends after 10s, by its timeout")],
        ),
        (http(redirects="2", redirect_hosts=["b.example.com"]), {}, []),
        (
            http(redirect_hosts=["b.example.com"]),
            {},
            [
                (
                    "redirect_hosts",
                    "has no effect: no redirect is followed where redirects is not written",
                )
            ],
        ),
        (http(redirect_hosts=["b.example.com"]), {"slow_after": 99.0, "enabled": False}, []),
        (object(), {}, []),
    ],
)
def test_an_option_without_an_effect_is_noted(
    probe: object, options: dict[str, Any], notes: list[tuple[str, str]]
) -> None:
    expected = [Note(("checks", "a", option), said) for option, said in notes]

    assert told(idle, probe, timeout=10.0, **options) == expected


@pytest.mark.parametrize(("token", "noted"), [("", False), ("x", True), ("x" * SHORTEST, False)])
def test_a_short_token_is_noted_and_not_shown(token: str, noted: bool) -> None:
    notes = told(guessable, beat(token))

    assert [note.path for note in notes] == [("checks", "a", "token")] * noted
    assert all(note.message == "can be guessed: take 16 random characters or more" for note in notes)
