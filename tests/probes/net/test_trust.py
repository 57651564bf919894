import ssl
from pathlib import Path

import pytest
import trustme

from probes.net.trust import Policy, context
from probes.result import Reason
from probes.tools import Failed


def test_a_context_is_made_once_for_each_policy(ca_file: str) -> None:
    assert context(Policy(ca_file)) is context(Policy(ca_file))
    assert context(Policy(ca_file)) is not context(Policy())


@pytest.mark.parametrize("own", [True, False])
def test_a_context_verifies_chain_and_name(ca_file: str, own: bool) -> None:
    made = context(Policy(ca_file if own else ""))

    assert (made.verify_mode, made.check_hostname) == (ssl.CERT_REQUIRED, True)


def test_a_file_that_was_replaced_is_read_anew(tmp_path: Path) -> None:
    file = tmp_path / "ca.pem"
    seen = []
    for authority in (trustme.CA(), trustme.CA(organization_name="another")):
        authority.cert_pem.write_to_path(file)
        seen.append(context(Policy(str(file))).get_ca_certs()[0]["subject"])

    assert seen[0] != seen[1]


def test_a_file_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(Failed) as failed:
        context(Policy(str(tmp_path / "ca.pem")))

    assert failed.value.reason is Reason.MISSING_CAPABILITY
    assert failed.value.detail == f"ca_file {tmp_path}/ca.pem: No such file or directory"
