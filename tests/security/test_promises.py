"""Each promise of SECURITY.md, and the test that proves it: one that is added or changed without a test fails here."""

from __future__ import annotations

import ast
import re
import socket
from pathlib import Path

import pytest

import pulumi_posthog

REPOSITORY = Path(__file__).parents[2]

# The beginning of each sentence, or part of one, and who proves it.
PROVED: dict[str, tuple[str, ...]] = {
    "The API key is in no input": (
        "e2e/test_secrets.py::test_no_secret_is_in_anything_that_a_full_run_writes",
        "security/test_output.py::test_the_key_is_in_nothing_that_is_printed_or_kept_wherever_it_came_from",
        "api/test_api_client.py::test_the_key_is_in_no_error_no_notice_and_no_log",
    ),
    "It is sent to PostHog in one header": (
        "api/test_api_client.py::test_the_key_travels_in_the_header_and_nowhere_else",
        "api/test_api_client.py::test_the_key_does_not_go_to_another_host_even_from_within",
    ),
    "The host that gets the key": (
        "security/test_hosts.py::test_posthog_host_decides_and_a_file_that_says_another_is_refused",
    ),
    "If that is not set, it is the host in the state": (
        "security/test_hosts.py::test_a_host_other_than_the_states_is_refused_with_the_way_to_move",
    ),
    "Another host in the file is refused": (
        "security/test_hosts.py::test_a_proposed_file_that_names_another_host_is_refused_before_anybody_connects",
    ),
    "A secret in the file as plain text is refused": (
        "config/test_config_entries.py::test_a_key_never_travels_in_plain_text",
    ),
    "Pulumi encrypts the secrets of destinations in the state": (
        "e2e/test_secrets.py::test_no_secret_is_in_anything_that_a_full_run_writes",
        "security/test_marks_of_secrets.py::test_a_state_has_nothing_in_plain_that_depends_on_a_secret",
    ),
    "Previews and reports show only a number": (
        "stack/test_properties.py::test_two_secrets_that_say_the_same_are_not_known_by_it_and_nothing_of_them_is_in_plain_text",
    ),
    "Variables of the run are never shown": (
        "security/test_names_never_plain.py::test_a_name_that_is_never_plain_is_refused_at_its_place",
        "security/test_names_never_plain.py::test_what_applies_the_file_is_no_secret_of_a_destination_either",
    ),
    "A configuration cannot use the key": (
        "security/test_names_never_plain.py::test_a_name_that_is_never_plain_is_refused_at_its_place",
        "security/test_names_never_plain.py::test_what_applies_the_file_is_no_secret_of_a_destination_either",
    ),
    "It can use names such as": (
        "security/test_names_never_plain.py::test_a_name_that_is_never_plain_is_refused_at_its_place",
        "security/test_names_never_plain.py::test_a_variable_of_a_ci_may_be_a_secret_of_a_destination",
    ),
    "Validating a file sends nothing": (
        "security/test_promises.py::test_validating_connects_to_nobody_and_runs_nothing",
    ),
    "A preview, `drift`, `export` and `doctor` never write": (
        "api/test_api_client.py::test_a_reader_can_send_nothing_but_get",
        "security/test_promises.py::test_what_only_looks_has_nothing_that_can_write",
        "contract/test_plugin.py::test_a_preview_writes_nothing_and_says_what_only_posthog_will_know",
    ),
    "Nothing live is lost by accident": (
        "e2e/test_incidents.py::test_a_program_that_died_half_way_looked_like_a_smaller_one",
        "e2e/test_incidents.py::test_a_weak_key_was_told_403_and_everything_was_taken_for_gone",
    ),
    "Text from PostHog or a pull request stays text": (
        "security/test_control_characters.py::test_names_in_messages_pass_one_line_by_rule",
    ),
    "It never becomes code": (
        "security/test_output.py::test_no_line_of_a_log_is_a_command_for_the_ci",
        "security/test_control_characters.py::test_a_name_begins_no_line_of_a_message",
        "security/test_control_characters.py::test_names_in_messages_pass_one_line_by_rule",
    ),
    "The generated workflows give a secret only to the steps": (
        "cli/test_cli_init.py::test_no_secret_is_there_while_something_is_installed_or_an_action_of_others_runs",
    ),
    "They pin actions by commit": (
        "cli/test_cli_init.py::test_the_workflows_pass_zizmor",
        "cli/test_cli_init.py::test_python_is_isolated_and_each_package_has_its_hash_wherever_a_job_runs_it",
    ),
    "They import nothing from the branch": (
        "cli/test_shadowing.py::test_a_module_that_hides_an_installed_one_is_found",
    ),
    "They write reports into a separate folder": (
        "cli/test_cli_scripts.py::test_reports_are_never_written_through_a_committed_link",
    ),
    "The job that comments": (
        "cli/test_cli_init.py::test_who_has_the_secrets_cannot_write_to_the_pull_request_and_the_other_way_round",
    ),
    "`init` writes no requirement": (
        "cli/test_cli_init.py::test_a_package_that_was_installed_by_its_name_is_not_written_by_its_name",
    ),
    "What `make install` downloads is compared": (
        "tools/test_tools_repository.py::test_a_lock_file_has_hashes_and_names_no_host",
        "security/test_promises.py::test_each_go_module_has_a_committed_sum",
    ),
}


def promises() -> list[str]:
    """Each sentence of the list, and each part of one between semicolons."""
    text = (REPOSITORY / "SECURITY.md").read_text(encoding="utf-8")
    section = text.partition("## What is promised\n")[2].partition("\n## ")[0]
    items = [" ".join(item.split()).replace("**", "") for item in section.split("\n* ")[1:]]
    return [part for item in items for part in re.split(r"(?<=[a-z`])\. (?=[A-Z`])|; ", item)]


def test_each_promise_has_a_test():
    unproved = [each for each in promises() if not any(each.startswith(begin) for begin in PROVED)]

    assert unproved == []


def test_no_test_is_named_for_a_promise_that_is_no_longer_made():
    assert [begin for begin in PROVED if not any(each.startswith(begin) for each in promises())] == []


@pytest.mark.parametrize("test", sorted({each for tests in PROVED.values() for each in tests}))
def test_the_test_that_is_named_is_there(test: str):
    file, _, name = test.partition("::")
    tree = ast.parse((REPOSITORY / "tests" / file).read_text(encoding="utf-8"))

    found = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name == name]

    assert len(found) == 1
    marks = [ast.unparse(each) for each in found[0].decorator_list]
    assert [each for each in marks if "skip" in each or "xfail" in each] == []


def test_validating_connects_to_nobody_and_runs_nothing(proposed, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(socket.socket, "connect", lambda *_: pytest.fail("it connects"))
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_: pytest.fail("it asks for an address"))
    touched = proposed.folder / "touched"

    assert len(proposed("roles: {A: {members: [ana@acme.io]}}\n", {}, offline=True).entries) > 0
    for tag in (
        "!!python/object/apply:os.system",
        "!!python/name:os.system",
        "!python",
        "!!python/module:os",
    ):
        assert proposed.refused(f'roles: {tag} ["touch {touched}"]\n', {}, offline=True)

    assert not touched.exists()


@pytest.mark.parametrize("verb", ["drift", "export", "doctor", "validate", "adopt", "estimate"])
def test_what_only_looks_has_nothing_that_can_write(verb: str):
    package = Path(pulumi_posthog.__file__).parent
    rooms = (package / "drift", package / "export", package / "report")
    files = [package / f"cli/verbs/{verb}.py", *(path for room in rooms for path in room.rglob("*.py"))]

    naming = [
        path.name
        for path in files
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if (isinstance(node, ast.Name) and node.id in ("Writer", "Applier", "writer_for"))
        or (isinstance(node, ast.alias) and node.name in ("Writer", "Applier", "writer_for"))
    ]

    assert naming == []


def test_each_go_module_has_a_committed_sum():
    modules = sorted((REPOSITORY / "tools").rglob("go.mod"))

    assert modules
    for module in modules:
        sums = module.with_name("go.sum").read_text(encoding="utf-8").splitlines()
        assert sums
        assert all(re.fullmatch(r"\S+ \S+ h1:[A-Za-z0-9+/]{43}=", line) for line in sums)
    # Go compares with it unless it is told not to.
    tool = (REPOSITORY / "tools/pulumi_command.py").read_text(encoding="utf-8")
    assert not re.search(r"GONOSUM|GOINSECURE|GOFLAGS=-mod=mod|GONOSUMCHECK", tool)
