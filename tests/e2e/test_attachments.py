"""Files of destinations through the real Pulumi CLI: made, shown, changed, healed, removed."""

import json

import pytest

pytestmark = [pytest.mark.e2e, pytest.mark.usefixtures("legacy_destinations")]

KEY = '{"private_key": "hush-hush-in-a-file"}'
OTHER = '{"private_key": "hush-hush-another-1"}'  # of the same length
DECLARED = """\
projects:
  Web:
    pipeline_destinations:
      Orders to BigQuery:
        plugin: https://github.com/PostHog/bigquery-plugin
        config: {datasetId: orders, tableId: events, googleCloudKeyJson: !file keys/google.json}
    site_apps:
      Bar:
        plugin: https://github.com/PostHog/notification-bar-app
        config: {notification: Hello, logo: !file logo.png}
"""


def succeeded(run):
    assert run.status == 0, run.text
    return run


def contents(stack):
    found = stack.posthog.get("/_sandbox/attachments")["results"]
    return {each["key"]: each["contents"] for each in found}


@pytest.fixture
def applied(stack):
    stack.begin("applied", apply_with_files)
    return stack


def apply_with_files(stack):
    (stack.folder / "keys").mkdir()
    (stack.folder / "keys" / "google.json").write_text(KEY)
    (stack.folder / "logo.png").write_bytes(b"picture")
    stack.write(DECLARED)
    succeeded(stack.up())


def test_files_are_uploaded_and_the_second_run_does_nothing(applied):
    assert contents(applied) == {"googleCloudKeyJson": KEY, "logo": "picture"}

    assert set(succeeded(applied.up()).changes) == {"unchanged"}
    assert applied.posthog.writes() == {}


def test_another_content_of_the_same_size_shows_and_is_sent_alone(applied):
    (applied.folder / "keys" / "google.json").write_text(OTHER)

    preview = succeeded(applied.preview())

    assert "config_fingerprints" in preview.text
    assert "googleCloudKeyJson" in preview.text
    succeeded(applied.up())
    assert contents(applied) == {"googleCloudKeyJson": OTHER, "logo": "picture"}
    assert list(applied.posthog.writes().values()) == [1]


def test_a_file_removed_by_hand_comes_back(applied):
    project = applied.posthog.project("Web")["id"]
    (row,) = applied.posthog.all(f"/api/projects/{project}/pipeline_frontend_apps_configs/")
    path = f"/api/projects/{project}/pipeline_frontend_apps_configs/{row['id']}/"
    applied.posthog.call("PATCH", path, {"remove_attachment[logo]": "true"}, form=True)

    assert "logo" in succeeded(applied.preview()).text
    succeeded(applied.up())
    assert contents(applied)["logo"] == "picture"


def test_a_file_that_leaves_the_configuration_is_removed(applied):
    applied.write(DECLARED.replace(", logo: !file logo.png", ""))

    assert "logo" in succeeded(applied.preview()).text
    succeeded(applied.up())
    assert contents(applied) == {"googleCloudKeyJson": KEY}
    assert set(succeeded(applied.preview()).changes) == {"unchanged"}


def test_no_content_is_in_the_state_or_in_any_output(applied):
    (applied.folder / "keys" / "google.json").write_text(OTHER)
    run = succeeded(applied.up("--logtostderr", "-v=9"))
    files = [path for path in applied.folder.rglob("*") if path.is_file() and path.name != "google.json"]
    texts = [run.text, json.dumps(applied.state()), *(path.read_text(errors="replace") for path in files)]

    assert not [text for text in texts if "hush-hush" in text]


def test_a_file_that_is_not_there_ends_the_run_before_anything_is_sent(applied):
    (applied.folder / "logo.png").unlink()

    run = applied.preview()

    assert run.status != 0
    assert "posthog.yaml:" in run.text
    assert "!file logo.png: there is no file logo.png" in run.text
    assert "Traceback" not in run.text
