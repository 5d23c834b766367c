"""Settings of projects that somebody set in PostHog and no file says: in `drift --undeclared`, and in an export."""

from __future__ import annotations

import yaml

from cli.lab import Lab


class Loader(yaml.SafeLoader):
    """Reads what an export writes, tags included."""


Loader.add_multi_constructor("!", lambda loader, tag, node: f"!{tag}")


def test_a_setting_that_no_file_says_is_told_where_it_is_asked_for_and_can_be_accepted(lab: Lab):
    lab.write("projects:\n  Web: {timezone: Europe/Berlin}  # the shop window\n")
    lab.call("PATCH", lab.project("Web"), {"timezone": "Europe/Berlin", "app_urls": []})
    before = lab.run("drift", "--undeclared", "--only", "project", "--format", "json").json["findings"]
    known = {each["path"] for each in before}
    lab.call("PATCH", lab.project("Web"), {"session_recording_opt_in": True, "surveys_opt_in": None})

    plain = lab.run("drift", "--only", "project")
    found = lab.run("drift", "--undeclared", "--only", "project", "--format", "json").json["findings"]
    accepted = lab.run("accept", "--undeclared", "--yes", "projects.Web.session_recording_opt_in")

    assert plain.status == 0, plain.out
    (new,) = [each for each in found if each["path"] not in known]
    assert (new["status"], new["path"], new["live"]) == (
        "not_declared",
        "projects.Web.session_recording_opt_in",
        True,
    )
    assert accepted.status == 0, accepted.err
    assert "session_recording_opt_in: true" in (lab.folder / "posthog.yaml").read_text()
    assert "# the shop window" in (lab.folder / "posthog.yaml").read_text()


def test_a_new_project_is_exported_without_what_posthog_puts_into_it_unless_that_is_asked_for(lab: Lab):
    lab.call("POST", "projects/", {"name": "Fresh"})

    def exported(*more: str) -> dict[str, object]:
        run = lab.run("export", "--host", lab.posthog.url, "--project", "Fresh", *more)
        return yaml.load(run.out, Loader)["projects"]["Fresh"]  # noqa: S506 - a safe one, with tags

    short, whole = exported(), exported("--with-defaults")

    # The dashboard has a name, which says more than a number that PostHog has put there.
    assert set(short or {}) <= {"hog_functions", "primary_dashboard"}
    assert {
        "timezone",
        "primary_dashboard",
        "test_account_filters",
        "extra_settings",
        "revenue_analytics_config",
        "session_recording_opt_in",
    } <= set(whole)
