"""A view and a source leave a file while SQL still reads them, through both doors."""

from __future__ import annotations

import pytest

from harness.stack import DOORS, Stack

pytestmark = pytest.mark.e2e

SOURCE = """\
    external_data_sources:
      Shop:
        prefix: eu
        source_type: Stripe
        job_inputs: {stripe_account_id: acct_1, key: pk_1, stripe_secret_key: !env SNOWFLAKE_PASSWORD}
        schemas: {Customer: {should_sync: true, sync_type: full_refresh}}
"""
VIEWS = """\
    warehouse_saved_queries:
      buyers: {query: {query: select id from stripe.eu.Customer}}
      paying: {query: {query: select 1 as plan}}
"""


@pytest.mark.parametrize("door", DOORS)
def test_what_is_declared_keeps_them_and_what_is_not_is_named(stack: Stack):
    head = "projects:\n  Web:\n    timezone: UTC\n"
    stack.write(head + SOURCE + VIEWS)
    assert stack.up().status == 0
    assert stack.preview("--expect-no-changes").status == 0  # though PostHog does not answer `key`
    project = stack.posthog.project("Web")["id"]
    for name, table in (("Buyers", "eu_stripe_customer"), ("Plans", "paying")):
        sql = {"kind": "HogQLQuery", "query": f"select * from {table}"}  # noqa: S608 - a name of this test
        query = {"kind": "DataVisualizationNode", "source": sql}
        body = {"name": name, "query": query, "saved": True}
        stack.posthog.call("POST", f"/api/projects/{project}/insights/", body)

    stack.write(head + VIEWS)
    refused = stack.preview()
    assert refused.status != 0
    assert 'external data source "Web/Shop" is no longer declared and would be deleted' in refused.text
    assert 'saved query "Web/buyers", in its SQL at posthog.yaml:' in refused.text

    stack.write(head)
    stack.set("allowRemovals", "warehouse_saved_query=2,external_data_schema=3")
    told = stack.preview()
    assert told.status == 0, told.text
    for name, what in (("Buyers", 'external data source "eu"'), ("Plans", 'warehouse saved query "paying"')):
        assert f'{what}, which is deleted, and fails from then on: "{name}"' in told.text
