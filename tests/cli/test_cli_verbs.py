"""The other verbs, and what is true of all of them."""

from __future__ import annotations

import dataclasses
import inspect
import json
import os
import re
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from cli.lab import COMMAND, Lab, on_a_terminal
from pulumi_posthog.cli.application import VERBS, application, run
from pulumi_posthog.cli.exits import Exit
from pulumi_posthog.cli.verbs.sandbox import sandbox
from pulumi_posthog.sandbox import Options

# -- sandbox -------------------------------------------------------------------------------------------------------


def test_the_sandbox_has_all_its_switches():
    assert {each.name for each in dataclasses.fields(Options)} == set(inspect.signature(sandbox).parameters)


def test_the_sandbox_serves_until_it_is_told_to_stop(lab: Lab):
    variables = {"PYTHONUNBUFFERED": "1", "POSTHOG_SANDBOX_KEY": "phx_of_this_test"}
    with lab.start("sandbox", "--port", "0", **variables) as process:
        assert process.stdout is not None
        first = process.stdout.readline()
        process.terminate()
        process.communicate(timeout=20)

    assert "http://127.0.0.1:" in first
    assert process.returncode == 0


@pytest.mark.parametrize(
    ("flag", "variable"),
    [
        ("--key", "POSTHOG_SANDBOX_KEY"),
        ("--extra-key", "POSTHOG_SANDBOX_EXTRA_KEYS"),
        ("--admin-password", "POSTHOG_SANDBOX_ADMIN_PASSWORD"),
    ],
)
def test_the_sandbox_takes_no_secret_from_the_command_line(lab: Lab, flag: str, variable: str):
    run = lab.run("sandbox", flag, "phx_on_the_command_line")

    assert (run.status, run.out) == (2, "")
    assert run.err == (
        f"error: {flag}: everybody on this machine can read arguments; set {variable} instead\n"
        "  hint: see pulumi-posthog sandbox --help\n"
    )


def test_a_switch_that_makes_no_sense_is_one_line(lab: Lab):
    run = lab.run("sandbox", "--age", "1999")

    assert (run.status, run.out) == (2, "")
    assert run.err == (
        "error: --age is one of 2024, 2025, 2026, not 1999\n  hint: see pulumi-posthog sandbox --help\n"
    )


# -- all verbs -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("columns", ["60", "80"])
def test_the_list_of_verbs_says_of_each_a_whole_sentence(columns: str):
    done = subprocess.run(
        [COMMAND, "--help"],
        env={**os.environ, "COLUMNS": columns},
        capture_output=True,
        text=True,
        check=True,
    )

    verbs = done.stdout.partition("Commands:\n")[2].splitlines()
    assert len(verbs) == len(VERBS)
    assert [line for line in verbs if not line.endswith(".") or line.endswith("...")] == []


WITH_JSON = sorted({*VERBS} - {"sandbox"})  # which has nothing to report


def test_every_verb_but_the_sandbox_writes_json():
    verbs = {command.name: command.callback for command in application().registered_commands}

    without = [name for name, verb in verbs.items() if "form" not in inspect.signature(verb).parameters]

    assert without == ["sandbox"]


JSON_SITUATIONS = [
    *((verb, ["--unknown"], {}, 2) for verb in WITH_JSON),
    *((verb, ["nowhere.yaml"], {}, 2) for verb in ("adopt", "doctor", "drift", "estimate", "validate")),
    ("explain", ["projcts"], {}, 2),
    ("export", [], {}, 2),
    ("init", ["a b"], {}, 2),
    *((verb, [], {"POSTHOG_PERSONAL_API_KEY": ""}, 3) for verb in ("adopt", "doctor", "drift", "estimate")),
    ("export", ["--host", "HOST"], {"POSTHOG_PERSONAL_API_KEY": "phx_nobody"}, 3),
    ("init", ["acme", "--from-live", "--host", "HOST"], {"POSTHOG_PERSONAL_API_KEY": "phx_nobody"}, 3),
    *((verb, [], {"POSTHOG_PERSONAL_API_KEY": "NO PLUGINS"}, 4) for verb in ("adopt", "drift", "estimate")),
    ("export", ["--host", "HOST"], {"POSTHOG_PERSONAL_API_KEY": "NO PLUGINS"}, 4),
    ("export", ["--host", "HOST", "--output", "posthog.yaml"], {}, 5),
    ("init", ["bin"], {}, 5),
    ("export-asset", ["a.doc", "--dashboard", "1"], {}, 2),
    ("export-asset", ["a.png", "--dashboard", "1", "--project", "1"], {"POSTHOG_PERSONAL_API_KEY": ""}, 3),
    ("export-asset", ["posthog.yaml", "--as", "png", "--dashboard", "1"], {}, 5),
    ("query", [""], {}, 2),
    ("diff", ["--from", "nowhere.yaml", "--to", "Web"], {}, 2),
    ("diff", ["--from", "posthog.yaml:Web", "--to", "posthog.yaml:Shop"], {}, 7),
    ("diff", ["--from", "Web", "--to", "Web"], {"POSTHOG_PERSONAL_API_KEY": "NO PLUGINS"}, 4),
    *(
        (verb, [], {"POSTHOG_REQUESTS_PER_MINUTE": "1", "POSTHOG_MAX_WAIT": "1"}, 9)
        for verb in ("adopt", "drift", "estimate")
    ),
    ("export", ["--host", "HOST"], {"POSTHOG_REQUESTS_PER_MINUTE": "1", "POSTHOG_MAX_WAIT": "1"}, 9),
]


@pytest.mark.parametrize(("verb", "arguments", "environment", "status"), JSON_SITUATIONS)
def test_json_is_whole_and_says_the_exit_status_whatever_that_is(
    lab: Lab, verb: str, arguments: list[str], environment: dict[str, str], status: int
):
    given = [lab.posthog.url if each == "HOST" else each for each in arguments]
    key = lab.key_without("plugin:read")
    environment = {name: key if value == "NO PLUGINS" else value for name, value in environment.items()}

    run = lab.run(verb, *given, "--format", "json", **environment)

    assert run.status == status, run.err
    assert run.json["exit_code"] == status


def test_http_comes_without_what_its_library_needs_for_others():
    """Of what is installed it takes click, rich and pygments with it, and trio: 0.1 s of each start."""
    program = (
        "import sys, pulumi_posthog.api as api;"
        "api.Reader(api.Connection('https://eu.posthog.com', 'phx_a'), pace=api.Pace.from_environment({})).close();"
        "heavy = {'click', 'rich', 'pygments', 'importlib.metadata', 'trio', 'anyio'} & set(sys.modules);"
        "sys.exit(f'imports {heavy}' if heavy else 0);"
    )

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("run", ["import asyncio; asyncio.run(asked())", "import trio; trio.run(asked)"])
def test_a_program_with_http_of_its_own_has_its_event_loop(run: str):
    program = textwrap.dedent("""
        import pulumi_posthog.api, httpx
        async def asked():
            async with httpx.AsyncClient() as client:
                await client.get("http://127.0.0.1:9/")
    """)

    done = subprocess.run([sys.executable, "-c", program + run], capture_output=True, text=True, check=False)

    assert "\nhttpx.ConnectError: " in done.stderr
    assert "RuntimeError" not in done.stderr


@pytest.mark.parametrize("verb", [[], *([verb] for verb in VERBS)])
def test_help_needs_nothing_but_the_command_line(verb: list[str]):
    """Not HTTP, not Pulumi, not Django: their import alone would take longer than anybody waits for help."""
    program = (
        "import sys; from pulumi_posthog.cli.application import run; status = run(sys.argv[1:]);"
        "heavy = {'httpx', 'pulumi', 'django', 'rich', 'deepdiff', 'jsonschema', 'yaml'} & set(sys.modules);"
        "sys.exit(f'imports {heavy}' if heavy else status)"
    )

    done = subprocess.run(
        [sys.executable, "-c", program, *verb, "--help"],
        env={**os.environ, "COLUMNS": "60"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("Usage: pulumi-posthog")
    assert max(map(len, done.stdout.splitlines())) <= 60


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["frobnicate"], "no such command 'frobnicate'"),
        (["drfit"], "drift"),
        (["drift", "--fromat", "json"], "--format"),
        (["drift", "--who", "many"], "--who"),
        (["drift", "a.yaml", "b.yaml"], "b.yaml"),
        (["explain", "--format"], "--format"),
    ],
)
def test_a_wrong_command_line_is_one_line_and_a_hint(lab: Lab, arguments: list[str], said: str):
    run = lab.run(*arguments)

    assert run.status == 2
    assert said in run.err
    assert re.fullmatch(r"error: .*\n  hint: see pulumi-posthog.* --help\n", run.err)
    assert run.out == ""


def test_help_of_a_verb_is_asked_for_in_either_way(capsys: pytest.CaptureFixture[str]):
    said = []
    for arguments in (["help", "drift"], ["drift", "--help"], ["help"], ["--help"]):
        assert run(arguments) == 0
        said.append(capsys.readouterr().out)

    assert said[0] == said[1]
    assert said[2] == said[3]
    assert run(["help", "drfit"]) == Exit.USAGE
    assert run(["-v"]) == 0


def test_the_file_is_found_from_a_folder_below_that_of_pulumi_yaml(
    lab: Lab, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    (lab.folder / "Pulumi.yaml").write_text("name: acme\nruntime: python\n")
    below = lab.folder / "roles" / "eu"
    below.mkdir(parents=True)
    for name, value in lab.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(below)

    assert run(["validate"]) == 0
    assert capsys.readouterr().out == "../../posthog.yaml: 10 objects declared, nothing wrong\n"
    assert run(["drift", "--who", "0"]) == 0
    (lab.folder / "Pulumi.yaml").unlink()
    assert run(["validate"]) == Exit.USAGE


def test_version_says_which_one_it_is(lab: Lab):
    assert re.fullmatch(r"pulumi-posthog \d+\.\d+\.\d+ \(Python 3\.\d+\.\d+\)\n", lab.run("--version").out)


def test_a_bug_shows_where_it_happened_only_when_asked(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    from pulumi_posthog.config import schema

    def broken() -> str:
        raise RuntimeError("never meant to happen")

    monkeypatch.setattr(schema, "text", broken)

    assert run(["schema"]) == 1
    assert "Traceback" not in capsys.readouterr().err
    assert run(["schema", "--debug"]) == 1
    assert 'raise RuntimeError("never meant to happen")' in capsys.readouterr().err


def test_whoever_reads_only_the_beginning_leaves_no_traceback(lab: Lab):
    with lab.start("schema") as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        err = process.stderr.read()

    assert process.returncode == 8
    assert err == ""


@pytest.mark.parametrize(
    "arguments",
    [
        ["accept", "--yes"],
        ["access"],
        ["adopt"],
        ["doctor"],
        ["estimate"],
        ["diff", "--from", "Web", "--to", "Shop"],
        ["export", "--host", "HOST", "--output", "out.yaml"],
        ["init", "acme", "--from-live", "--host", "HOST"],
        ["persons", "--project", "Shop"],
        ["events", "--project", "Shop"],
        ["query", "select 1", "--project", "1"],
        ["export-asset", "board.png", "--dashboard", "1", "--project", "Web"],
    ],
)
def test_ctrl_c_ends_whatever_reads_posthog_at_once_and_writes_nothing(lab: Lab, arguments: list[str]):
    lab.call("PATCH", "/_sandbox/settings", {"latency_ms": 4_000})
    lab.posthog.count_anew()
    before = set(lab.folder.rglob("*"))
    given = [lab.posthog.url if each == "HOST" else each for each in arguments]
    process = lab.start(*given, "--format", "json")
    lab.posthog.await_request()

    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=3)  # the requests under way take longer

    assert (process.returncode, err) == (8, "cancelled\n")
    assert json.loads(out) == {
        "version": 1,
        "exit_code": 8,
        "failures": [{"message": "cancelled", "hint": None}],
    }
    assert set(lab.folder.rglob("*")) == before


EARLY = {"version": 1, "exit_code": 8, "failures": [{"message": "cancelled", "hint": None}]}


@pytest.mark.parametrize(
    ("module", "arguments", "said"),
    [
        ("pulumi_posthog.cli.application", ["--help"], None),
        ("pulumi_posthog.cli.application", ["drift", "--format", "json"], EARLY),
        ("pulumi_posthog.cli.terminal", ["drift", "--format=json"], EARLY),
        ("pulumi_posthog.cli.comparing", ["drift", "--format=json"], EARLY),
    ],
)
def test_ctrl_c_while_the_program_is_being_read_from_the_disk_is_no_traceback_and_json_where_asked_for(
    module: str, arguments: list[str], said: object
):
    program = f"""if True:
        import sys
        class Interrupted:
            def find_spec(self, name, *_):
                if name == "{module}":
                    sys.meta_path.remove(self)
                    raise KeyboardInterrupt
        sys.meta_path.insert(0, Interrupted())
        from pulumi_posthog.cli import main
        main({arguments})
    """

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (Exit.CANCELLED, "cancelled\n")
    assert (json.loads(done.stdout) if said else done.stdout or None) == said


@pytest.mark.parametrize(
    ("shell", "environment", "lines"),
    [
        ("bash", {"COMP_WORDS": "pulumi-posthog dr", "COMP_CWORD": "1"}, {"drift"}),
        (
            "bash",
            {"COMP_WORDS": "pulumi-posthog drift --stack", "COMP_CWORD": "2"},
            {"--stack", "--stack-state"},
        ),
        (
            "fish",
            {"_TYPER_COMPLETE_ARGS": "pulumi-posthog doc", "_TYPER_COMPLETE_FISH_ACTION": "get-args"},
            None,
        ),
    ],
)
def test_a_shell_completes_verbs_and_options(
    lab: Lab, shell: str, environment: dict[str, str], lines: set[str] | None
):
    asked = lab.run(**environment, _PULUMI_POSTHOG_COMPLETE=f"complete_{shell}")

    assert asked.err == ""
    if lines is None:
        assert asked.out.startswith("doctor\tCheck that a run has all it needs")
    else:
        assert {line for line in asked.out.splitlines() if line} == lines


def test_completion_is_shown_for_each_shell_and_installed_at_home(lab: Lab, tmp_path: Path):
    for shell in ("bash", "zsh", "fish"):
        shown = lab.run("--show-completion", shell)
        assert (shown.status, shown.err) == (0, "")
        assert "_PULUMI_POSTHOG_COMPLETE" in shown.out

    done = lab.run("--install-completion", "bash", HOME=str(tmp_path / "home"), SHELL="/bin/bash")

    assert (done.status, "Traceback" in done.text) == (0, False)
    assert ".bash_completions/pulumi-posthog.sh" in (tmp_path / "home/.bashrc").read_text()


def test_no_verb_asks_anything_where_nobody_can_answer(lab: Lab):
    """On a terminal neither: what is missing is said, not asked for."""
    for arguments in (["export"], ["init"], ["init", "bin"], ["drift", "--stack", "nope"]):
        shown = on_a_terminal(lab, *arguments, NO_COLOR="1")

        assert "error:" in shown, arguments


def test_a_terminal_has_colours_and_progress(lab: Lab):
    lab.call("PATCH", lab.project("Web"), {"timezone": "UTC"})
    lab.call("PATCH", "/_sandbox/settings", {"latency_ms": 100})

    shown = on_a_terminal(lab, "drift")

    assert "\x1b[1;33mdrift: 1 changed live\x1b[0m" in shown
    assert "reading PostHog" in shown


@pytest.mark.parametrize(
    "arguments",
    [
        ["adopt"],
        ["estimate"],
        ["export", "--host", "HOST"],
        ["init", "acme", "--from-live", "--host", "HOST"],
    ],
)
def test_whatever_takes_long_shows_how_far_it_is(lab: Lab, arguments: list[str]):
    lab.call("PATCH", "/_sandbox/settings", {"latency_ms": 150})
    arguments = [lab.posthog.url if each == "HOST" else each for each in arguments]

    assert re.search(r"reading PostHog: \d+ of \d+ lists", on_a_terminal(lab, *arguments))
    assert "reading PostHog" not in lab.run(*arguments, *(["--force"] if "init" in arguments else [])).text


@pytest.mark.parametrize(
    ("arguments", "environment"),
    [(["frob"], {"NO_COLOR": "1"}), (["frob", "--no-color"], {}), (["--no-color", "frob"], {})],
)
def test_colours_can_be_switched_off(lab: Lab, arguments: list[str], environment: dict[str, str]):
    """NO_COLOR is about colours: bold stays."""
    coloured = re.compile("\x1b\\[[0-9;]*3[0-7]m")

    assert coloured.search(on_a_terminal(lab, "frob"))
    assert not coloured.search(on_a_terminal(lab, *arguments, **environment))


@pytest.mark.parametrize(("verb", "heads"), [("adopt", r"\d+ "), ("doctor", "ok  |note|FAIL|ready")])
def test_what_is_folded_stays_below_what_it_belongs_to(lab: Lab, verb: str, heads: str):
    lines = lab.run(verb, COLUMNS="50").out.splitlines()

    assert max(map(len, lines)) <= 50
    assert [line for line in lines if line and not re.match(f"  |{heads}", line)] == []
    assert len(lines) > len(lab.run(verb, COLUMNS="400").out.splitlines())


def test_a_narrow_terminal_is_not_overrun(lab: Lab):
    lab.call("PATCH", lab.project("Web"), {"timezone": "UTC"})

    shown = on_a_terminal(lab, "drift", columns=40, NO_COLOR="1")

    lines = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", shown).replace("\r", "\n").splitlines()
    assert max(len(line.rstrip()) for line in lines) <= 40
