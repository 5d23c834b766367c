"""`pulumi-posthog estimate`: how many requests a run sends, and how long they take."""

from __future__ import annotations

from cli.lab import DECLARED, Lab


def test_an_estimate_counts_the_requests_of_a_preview_and_an_update(lab: Lab):
    lab.write(DECLARED.replace("Europe/Berlin", "UTC").replace("  Guests: {}", "  Guests: {}\n  New: {}"))

    run = lab.run("estimate", "--format", "json")

    assert run.status == 0
    assert run.json["writes"] == 2
    assert run.json["up"]["requests"] == run.json["preview"]["requests"] + 2
    assert "no wait for the rate limit" in lab.run("estimate").out


def test_offline_an_estimate_is_the_most_that_it_can_be(lab: Lab):
    online = lab.run("estimate", "--format", "json").json
    offline = lab.run("estimate", "--offline", "--format", "json", POSTHOG_PERSONAL_API_KEY="").json

    assert offline["writes"] > online["writes"] == 0
    assert offline["reads"] >= online["reads"]


def test_an_estimate_says_that_secrets_are_sent_to_take_over_what_is_as_declared(lab: Lab):
    run = lab.run("estimate")

    said = "0 writes, as PostHog is now; 1 more write if the stack does not have them yet: it sends their secrets"
    assert said in run.out


def test_the_rate_limit_makes_time_of_many_requests(lab: Lab):
    lab.write("roles:\n" + "".join(f"  Role {number}: {{}}\n" for number in range(5000)))

    found = lab.run("estimate", "--offline", "--format", "json").json

    assert found["preview"]["seconds"] == 0
    assert found["up"]["seconds"] == 3600


def test_insights_have_a_budget_of_their_own_which_makes_more_time_of_them(lab: Lab):
    query = "{kind: InsightVizNode, source: {kind: TrendsQuery, series: [{event: paid}]}}"
    lab.write(
        "projects:\n  Web:\n    insights:\n"
        + "".join(f"      Chart {number}: {{query: {query}}}\n" for number in range(1300))
    )

    found = lab.run("estimate", "--format", "json").json
    people = lab.run("estimate").out
    own = lab.run("estimate", "--format", "json", POSTHOG_REQUESTS_PER_HOUR="100000").json

    assert (found["reads_apart"], found["writes_apart"]) == ({"analytics": 1}, {"analytics": 1300})
    assert (found["preview"]["seconds"], found["up"]["seconds"]) == (0, 3600)
    assert "In the budget of analytics, which has some of them: 240 and 1,200." in " ".join(people.split())
    assert own["up"]["seconds"] == 1300 // 240 * 60
    offline = lab.run("estimate", "--offline", "--format", "json", POSTHOG_PERSONAL_API_KEY="").json
    assert (offline["reads_apart"], offline["writes_apart"]) == ({"analytics": 1}, {"analytics": 1300})
