"""Notes of files that checks name and cannot be used."""

from dataclasses import replace
from pathlib import Path

import pytest
import trustme
from pydantic import TypeAdapter

from checks.model import Check
from checks.notes import Note
from probes.basic.domain import Domain
from probes.basic.http import Http
from probes.net.unusable import unusable
from tests.exporter.views import company


def told(probe: object, *, works: bool = True) -> list[Note]:
    check = Check(name="login", kind="http", probe=probe, service="sso", enabled=works)
    return list(unusable(replace(company([]), checks={"login": check})))


@pytest.fixture
def authority(tmp_path: Path) -> str:
    trustme.CA().cert_pem.write_to_path(tmp_path / "ca.pem")
    return str(tmp_path / "ca.pem")


def http(**files: str) -> object:
    return TypeAdapter(Http).validate_python({"url": "https://login.example.com/", **files})


def test_a_file_that_is_there_is_not_worth_a_word(authority: str) -> None:
    assert told(http(ca_file=authority)) == []
    assert told(http()) == []
    assert told(object()) == []


def test_a_file_that_is_not_there_is_named_at_its_option(tmp_path: Path, authority: str) -> None:
    gone = str(tmp_path / "gone.pem")
    ((path, said),) = told(http(ca_file=gone))
    assert path == ("checks", "login", "ca_file")
    assert said == f"stays unknown, because ca_file {gone}: No such file or directory"
    ((path, said),) = told(http(ca_file=authority, cert_file=authority, key_file=gone))
    assert path == ("checks", "login", "key_file")
    assert said.endswith("gone.pem: No such file or directory")
    assert [path for path, _ in told(Domain(domain="example.com", ca_file=gone))] == [
        ("checks", "login", "ca_file")
    ]


def test_a_file_in_which_there_is_no_certificate_is_named_too(tmp_path: Path) -> None:
    (tmp_path / "words.pem").write_text("words")

    ((_, said),) = told(http(ca_file=str(tmp_path / "words.pem")))
    assert said.startswith("stays unknown, because ca_file ")


def test_a_check_that_is_switched_off_is_left_alone(tmp_path: Path) -> None:
    assert told(http(ca_file=str(tmp_path / "gone.pem")), works=False) == []
