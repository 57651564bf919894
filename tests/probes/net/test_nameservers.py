from pathlib import Path

from probes.net.nameservers import first_nameserver


def test_the_first_that_is_named_is_asked(tmp_path: Path) -> None:
    file = tmp_path / "resolv.conf"
    file.write_text("# x\nsearch a\nnameserver\nnameserver hello\nnameserver ::1\nnameserver 192.0.2.1\n")

    assert first_nameserver(file) == "::1"


def test_without_one_it_is_this_machine(tmp_path: Path) -> None:
    assert first_nameserver(tmp_path / "none") == "127.0.0.1"
