"""What surrounds a command: proxies, certificates, and which hosts it would ask."""

from __future__ import annotations

import pytest

from .lab import ORGANIZATION, Lab


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("ALL_PROXY", "socks5://ana:hush-hush-very-secret@127.0.0.1:1"),
        ("NO_PROXY", "fe80::/10"),
        ("SSL_CERT_FILE", "/nowhere/certificates.pem"),
    ],
)
def test_doctor_names_the_variable_that_keeps_requests_from_being_sent(lab: Lab, variable: str, value: str):
    run = lab.run("doctor", "--format", "json", **{variable: value})

    assert run.status == 2
    assert [(check["name"], check["outcome"]) for check in run.json["checks"]] == [("environment", "failed")]
    assert variable in run.json["checks"][0]["said"]
    assert "Traceback" not in run.text


def test_doctor_says_which_proxies_are_used_and_not_their_passwords(lab: Lab):
    run = lab.run("doctor", HTTPS_PROXY="http://ana:hush-hush-very-secret@127.0.0.1:1")

    assert "environment: certificates can be read; proxies by HTTPS_PROXY" in run.out


def test_validate_says_where_the_key_would_be_sent(lab: Lab):
    run = lab.run("validate")

    assert (run.status, run.err) == (
        0,
        f"posthog.yaml: the API key would be sent to {lab.posthog.url}\n",
    )


def test_validate_says_that_a_host_is_not_known(lab: Lab):
    (lab.folder / "posthog.yaml").write_text(
        f"organization: {{host: !env THE_HOST, id: {ORGANIZATION}}}\nroles: {{A: {{}}}}\n"
    )

    run = lab.run("validate")

    assert "a host from a variable that is not set" in run.err
