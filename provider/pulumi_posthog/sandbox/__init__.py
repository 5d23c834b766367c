"""A local PostHog: a real Django REST framework application that keeps PostHog's published rules.

It is written from PostHog's public API reference, independently of the provider: nothing here imports the
rest of the package and nothing there imports this but `Options`, `SandboxError` and `serve`, so that a mistake
in one is caught by the other. Numbers such as (4.3) name the section of the API page that a rule is from.

`--age` says which generation of PostHog answers: 2024, 2025 or 2026; `--no-later-2026` makes it 2026 as it was until
about June. Where they differ, the difference is kept, mistakes of the servers included.

It differs from PostHog in this:

- With `--legacy-destinations`, creating a pipeline destination or a site app makes the row in every age, and plugins
  have no `hog_function_migration_available`, as in 2024. Without it 2025 and 2026 do what PostHog does: they make a
  hog function, or answer 400.
- Hog and TypeScript are compiled by counting brackets and quotes, and all bytecode is the same. Nothing is run: no
  function, no batch export. The status of a function is what the page says. Revisions are not served (404).
- 2025 is its autumn: filters have a `source`, and nothing has to be paid for. Templates are some of PostHog's, and
  some of our own. How an integration looks is a guess. A page's switch makes a function one of a managed alert.
- The default key is from before there were scopes: unrestricted in 2024, `*` later.
- A project has exactly one environment; 2025 let it have a second one for demo data.
- Insights and dashboards are stored and never calculated. Queries of insights are checked for the kinds and keys of
  their nodes, not for all that PostHog's schema says about values. No insight refuses the deletion of a cohort. New
  projects get no default playlists. `hog_function/...` rows are seen from all environments, and rows of objects that
  one has no access to are seen, too.
- Alerts are never checked. Subscriptions send nothing: what would have been sent is counted in `deliveries`, which 2026
  serves. Views of the warehouse are never run, and have no columns but those that the caller tells. Every
  source can be connected, and has the tables that are asked of it.
- Persons and events are a small sample, the same in every sandbox: one event every five minutes, from three days
  before the start on; those of a project are made when somebody reads them. Nothing can be captured but by
  `/_sandbox/events` and `/_sandbox/persons`. Changes of persons are there at once; their properties have no history.
- Exports are pictures without anything on them, or a line of text; spreadsheets and films fail.
- Queries are answered for a part of HogQL (`hogql`), for `EventsQuery` and `TrendsQuery` in simple forms; all
  else is a 400 that says so. Nothing is cached unless the switch
  `query_cache_seconds` says for how long. `person.properties` are what the person has now. The names of types
  are the nearest ones.
- Trends count events or persons by hour, day or month. Of the calculated lists of persons there are those of trends,
  stickiness, lifecycle and funnels; correlation, paths and retention are a 400. Nobody chats.
- The conditions of cohorts are stored and find nobody: only static cohorts have persons.
- `settings_as_of` is not served (404).
- Writes come one after the other; until 2025 two at once could undo each other in PostHog, or end in 500.
- A plan's features are data of the organization, to be changed on the page; nothing is billed or paid.
- No e-mails are sent, invites are not accepted, nobody is notified. A demo project says for a while that it is
  generating demo data (`--demo-data-seconds`) and gets none.
- That 2026 logs changes of roles, and refuses wildcards in the last two parts of a host of `app_urls`, are
  guesses; the other guesses are told where they are made.
- A folder that holds something which cannot be deleted (2026) is left as it was; how far PostHog gets before it
  refuses is not known.
"""

from __future__ import annotations

from importlib.util import find_spec

from pulumi_posthog.sandbox.options import Options, SandboxError

__all__ = ["Options", "SandboxError", "serve"]


# What the extra `sandbox` brings, by the names they are imported under.
LIBRARIES = (
    "django",
    "rest_framework",
    "exceptions_hog",
    "drf_spectacular",
    "waitress",
    "whitenoise",
    "yaml",
    "duckdb",
    "sqlglot",
)


def serve(options: Options) -> None:
    """Run in the foreground until SIGTERM or SIGINT; `SandboxError` says what the user can put right."""
    for library in LIBRARIES:
        if find_spec(library) is None:
            raise SandboxError(f"the sandbox needs {library}: pip install 'pulumi-posthog[sandbox]'")

    # Django is imported only from here on: `pulumi-posthog --help` must not wait for it.
    from pulumi_posthog.sandbox.server import process

    process.serve(options)
