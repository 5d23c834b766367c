"""posthog-api-access.md 4 to 9 as tables: settings, domains, proxies, secret keys, group types, colour themes."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.steps import EARLIER, a_key, with_feature, without_feature
from sandbox.table import (
    API,
    DELETE,
    DENIED,
    FAILED,
    GET,
    MODERN,
    NOT_FOUND,
    NOW,
    ONE,
    ORG,
    PATCH,
    POST,
    PUT,
    Row,
    check,
    table,
    validation,
)

BO = a_key("bo_key", "bo@acme.io")
SINCE_2025 = {
    "logo_media_id": None,
    "members_can_invite": True,
    "members_can_use_personal_api_keys": True,
    "allow_publicly_shared_resources": True,
    "default_experiment_stats_method": "bayesian",
    "default_role_id": None,
}
SINCE_2026 = {"default_anonymize_ips": False, "members_can_create_projects": False}
LATER = {"members_can_see_org_members": True, "enforce_verified_domains": False}


def missing(fields: dict[str, Any]) -> dict[str, Any]:
    return dict.fromkeys(fields, "<missing>")


SETTINGS = (
    Row("two in 2024", GET(ORG), 200, {"enforce_2fa": None, **missing(SINCE_2025 | SINCE_2026)}, (), (2024,)),
    Row("more in 2025", GET(ORG), 200, SINCE_2025 | missing(SINCE_2026), (), (2025,)),
    Row("all in 2026", GET(ORG), 200, SINCE_2025 | SINCE_2026 | LATER, (), NOW),
    Row("two of them since the summer", GET(ORG), 200, SINCE_2026 | missing(LATER), [EARLIER], NOW),
    Row("what is not known is dropped", PATCH(ORG, {"colour": "red"}), 200, {"colour": "<missing>"}),
    Row("a name is trimmed", PATCH(ORG, {"name": " Acme Inc. "}), 200, {"name": "Acme Inc.", "slug": "acme"}),
    Row("PUT needs the name", PUT(ORG, {"enforce_2fa": True}), 400, validation("required", "name")),
    Row(
        "mails about who joins were a setting",
        PATCH(ORG, {"is_member_join_email_enabled": False}),
        200,
        {"is_member_join_email_enabled": False},
        [EARLIER],
    ),
    Row(
        "and are dropped since mid 2026",
        PATCH(ORG, {"is_member_join_email_enabled": False}),
        200,
        {"is_member_join_email_enabled": True},
        ages=NOW,
    ),
    Row(
        "another value is for payment",
        PATCH(ORG, {"members_can_invite": False}),
        400,
        validation("payment_required", "members_can_invite"),
        [without_feature("organization_invite_settings")],
        NOW,
    ),
    Row(
        "the same again is not",
        PATCH(ORG, {"members_can_invite": True}),
        200,
        given=[without_feature("organization_invite_settings")],
        ages=NOW,
    ),
    Row(
        "nor is any in 2025",
        PATCH(ORG, {"members_can_invite": False}),
        200,
        given=[without_feature("organization_invite_settings")],
        ages=(2025,),
    ),
    Row(
        "a method of experiments",
        PATCH(ORG, {"default_experiment_stats_method": "guess"}),
        400,
        validation("invalid_choice", "default_experiment_stats_method"),
        ages=MODERN,
    ),
    Row(
        "a picture that is not there",
        PATCH(ORG, {"logo_media_id": "{nobody}"}),
        400,
        validation("does_not_exist", "logo_media_id"),
        ages=MODERN,
    ),
    Row("a role by another text", PATCH(ORG, {"default_role_id": "Analyst"}), 500, FAILED, ages=MODERN),
    Row(
        "nobody shuts themselves out",
        PATCH(ORG, {"enforce_verified_domains": True}),
        400,
        validation("would_block_self", "enforce_verified_domains"),
        ages=NOW,
    ),
    Row(
        "its key can look at itself",
        GET("/api/personal_api_keys/@current/"),
        200,
        {"scopes": ["*"]},
        (),
        MODERN,
    ),
    Row("not at those of others", GET(ORG + "personal_api_keys/"), 403, DENIED, (), MODERN),
)

DOMAINS = ORG + "domains/"
ACME = POST(DOMAINS, {"domain": "acme.io"}, saves="domain")
VERIFIED = POST("/_sandbox/domains/verify", {"domain": "acme.io"})
DOMAIN = DOMAINS + "{domain}/"
JIT = PATCH(DOMAIN, {"jit_provisioning_enabled": True})
DOMAIN_ROWS = (
    Row(
        "a domain is made and not verified",
        POST(DOMAINS, {"domain": "acme.io", "jit_provisioning_enabled": True, "sso_enforcement": "saml"}),
        201,
        {
            "domain": "acme.io",
            "is_verified": False,
            "verified_at": None,
            "jit_provisioning_enabled": False,
            "sso_enforcement": "",
        },
    ),
    Row("no host", POST(DOMAINS, {"domain": "Acme"}), 400, validation("invalid_input", "domain")),
    Row("none at all", POST(DOMAINS, {}), 400, validation("required", "domain")),
    Row("twice", POST(DOMAINS, {"domain": "acme.io"}), 400, validation("unique", "domain"), [ACME]),
    Row("another name is dropped", PATCH(DOMAIN, {"domain": "x.io"}), 200, {"domain": "acme.io"}, [ACME]),
    Row("too early", JIT, 400, validation("verification_required", "jit_provisioning_enabled"), [ACME]),
    Row("verified", JIT, 200, {"is_verified": True, "jit_provisioning_enabled": True}, [ACME, VERIFIED]),
    Row("no key verifies", POST(DOMAIN + "verify/"), 403, DENIED, [ACME], MODERN),
    Row(
        "without the plan",
        POST(DOMAINS, {"domain": "a.io"}),
        403,
        DENIED,
        [without_feature("automatic_provisioning")],
    ),
    Row(
        "without the plan later",
        JIT,
        400,
        validation("feature_not_available", "jit_provisioning_enabled"),
        [ACME, VERIFIED, without_feature("automatic_provisioning")],
    ),
    Row("members read", GET(DOMAINS, key="{bo_key}"), 200, {"count": 1}, [BO, ACME]),
    Row("and write nothing", POST(DOMAINS, {"domain": "b.io"}, key="{bo_key}"), 403, DENIED, [BO]),
    Row("one is deleted", DELETE(DOMAIN), 204, given=[ACME]),
    Row(
        "not the one that lets the caller in",
        DELETE(DOMAIN),
        400,
        {"code": "would_block_self"},
        [ACME, VERIFIED, PATCH(ORG, {"enforce_verified_domains": True})],
        NOW,
    ),
    Row("SAML is elsewhere since the summer", GET(DOMAIN), 200, {"has_saml": "<missing>"}, [ACME], NOW),
    Row("before it was here", GET(DOMAIN), 200, {"has_saml": False}, [EARLIER, ACME]),
)

PROXIES = ORG + "proxy_records/"
PROXY = POST(PROXIES, {"domain": "e.acme.io"}, saves="proxy")


def proxy_is(status: str) -> Any:
    def step(_api: API) -> None:
        from pulumi_posthog.sandbox.families.proxy_records import ProxyRecord

        ProxyRecord.objects.update(status=status)

    return step


PROXY_ROWS = (
    Row("none", GET(PROXIES), 200, {"results": [], "max_proxy_records": 2, "count": "<missing>"}),
    Row("made with 200", PROXY, 200, {"domain": "e.acme.io", "status": "waiting", "message": None}),
    Row("two are enough", PROXY, 400, {"detail": "Maximum number of proxy records reached."}, [PROXY, PROXY]),
    Row("unless one pays", PROXY, 200, given=[with_feature("managed_reverse_proxy", limit=3), PROXY, PROXY]),
    Row("without a domain", POST(PROXIES, {}), 500, FAILED),
    Row("nobody looks at the domain", POST(PROXIES, {"domain": "x" * 99}), 200, {"domain": "x" * 99}),
    Row("a deletion answers", DELETE(PROXIES + "{proxy}/"), 200, {"success": True}, [PROXY]),
    Row("it is gone", GET(PROXIES), 200, {"results": []}, [PROXY, DELETE(PROXIES + "{proxy}/")]),
    Row(
        "or will be",
        GET(PROXIES),
        200,
        {"results": [{"status": "deleting"}]},
        [PROXY, proxy_is("valid"), DELETE(PROXIES + "{proxy}/")],
    ),
    Row("no GET of one", GET(PROXIES + "{proxy}/"), 403, DENIED, [PROXY]),
    Row("members write nothing", POST(PROXIES, {"domain": "x.io"}, key="{bo_key}"), 403, DENIED, [BO]),
)
PROXY_ROWS = tuple(Row(row.says, row.call, row.status, row.has, row.given, MODERN) for row in PROXY_ROWS)

KEYS = ONE + "project_secret_api_keys/"
SECRET = POST(KEYS, {"label": "flags", "scopes": ["feature_flag:read"]}, saves="secret")
KEY_ROWS = (
    Row("the value once", SECRET, 201, lambda api: {"label": "flags", "value": api_value(api)}),
    Row("and never again", GET(KEYS + "{secret}/"), 200, {"value": None, "last_rolled_at": None}, [SECRET]),
    Row(
        "but for a new one",
        POST(KEYS + "{secret}/roll/"),
        200,
        lambda api: {"value": api_value(api)},
        [SECRET],
    ),
    Row("one label, one key", SECRET, 400, validation("invalid_input", None), [SECRET]),
    Row(
        "a taken label later fails",
        PATCH(KEYS + "{other}/", {"label": "flags"}),
        500,
        FAILED,
        [SECRET, POST(KEYS, {"label": "other", "scopes": ["loop:write"]}, saves="other")],
    ),
    Row(
        "a scope of all",
        POST(KEYS, {"label": "x", "scopes": ["*"]}),
        400,
        validation("invalid_input", "scopes"),
    ),
    Row("no scope", POST(KEYS, {"label": "x", "scopes": []}), 400, validation("invalid_input", "scopes")),
    Row("is deleted", DELETE(KEYS + "{secret}/"), 204, given=[SECRET]),
    Row("members read", GET(KEYS, key="{bo_key}"), 200, {"count": 1}, [BO, SECRET]),
    Row("and write nothing", DELETE(KEYS + "{secret}/", key="{bo_key}"), 403, DENIED, [BO, SECRET]),
    Row("not before the summer", GET(KEYS), 404, NOT_FOUND, [EARLIER]),
)
KEY_ROWS = tuple(Row(row.says, row.call, row.status, row.has, row.given, NOW) for row in KEY_ROWS)


def api_value(api: API) -> Any:
    """What the one key's digest is of cannot be read: that it is a text of that form must do."""

    class Secret(str):
        __slots__ = ()

        def __eq__(self, other: object) -> bool:
            return isinstance(other, str) and other.startswith("phs_")

        __hash__ = str.__hash__

    return Secret()


THEMES = ONE + "data_color_themes/"
THEME = POST(THEMES, {"name": "Acme", "colors": ["#1d4aff"]}, saves="theme")
GROUPS = ONE + "groups_types/"


def a_group_type(_api: API) -> None:
    from pulumi_posthog.sandbox.families.group_types import GroupType
    from pulumi_posthog.sandbox.rules.models import Project

    GroupType.objects.create(project=Project.objects.get(), group_type="company", group_type_index=0)


def the_global_theme(api: API) -> None:
    api.names["theme"] = api.get(THEMES)[0]["id"]


THEME_ROWS = (
    Row(
        "an array, the global ones in it",
        GET(THEMES),
        200,
        [{"name": "Default Theme", "is_global": True}],
        (),
        MODERN,
    ),
    Row("one's own", THEME, 201, {"name": "Acme", "colors": ["#1d4aff"], "is_global": False}, (), MODERN),
    Row("a name, not an empty one", POST(THEMES, {"name": ""}), 400, validation("blank", "name"), (), MODERN),
    Row(
        "the colours are replaced",
        PATCH(THEMES + "{theme}/", {"colors": []}),
        200,
        {"colors": []},
        [THEME],
        MODERN,
    ),
    Row(
        "a global one is nobody's",
        PATCH(THEMES + "{theme}/", {"name": "X"}),
        403,
        DENIED,
        [the_global_theme],
        MODERN,
    ),
    Row(
        "changes are for payment",
        DELETE(THEMES + "{theme}/"),
        403,
        DENIED,
        [THEME, without_feature("data_color_themes")],
        MODERN,
    ),
    Row("a new one is not looked at", THEME, 201, given=[without_feature("data_color_themes")], ages=MODERN),
    Row("is deleted", DELETE(THEMES + "{theme}/"), 204, given=[THEME], ages=MODERN),
    Row("none in 2024", GET(THEMES), 404, NOT_FOUND, (), (2024,)),
    Row(
        "group types are an array",
        GET(GROUPS),
        200,
        [{"group_type": "company", "group_type_index": 0}],
        [a_group_type],
    ),
    Row("no key names them", PATCH(GROUPS + "update_metadata/", []), 403, DENIED, [a_group_type], MODERN),
    Row("one is deleted by its index", DELETE(GROUPS + "0/"), 204, given=[a_group_type]),
    Row("an unknown index", DELETE(GROUPS + "4/"), 404, NOT_FOUND, [a_group_type]),
)


@table((*SETTINGS, *DOMAIN_ROWS, *PROXY_ROWS, *KEY_ROWS, *THEME_ROWS))
def test_families_of_organizations(api: API, row: Row) -> None:
    check(api, row)


def test_a_default_role_is_nothing_when_the_role_is_deleted(api: API) -> None:
    api.send(PATCH(ORG, {"default_role_id": "{role}"}))
    api.send(DELETE(ORG + "roles/{role}/"))

    assert api.get(ORG)["default_role_id"] is None


def test_a_cname_is_the_same_for_the_same_domain(api: API) -> None:
    first = api.send(PROXY).body["target_cname"]
    api.send(DELETE(PROXIES + "{proxy}/"))

    assert api.send(PROXY).body["target_cname"] == first


def test_a_seed_has_what_belongs_to_the_organization(api: API, tmp_path: Any) -> None:
    from pulumi_posthog.sandbox.control.seed_file import seed_from
    from pulumi_posthog.sandbox.rules.models import Organization, User

    Organization.objects.all().delete()
    User.objects.all().delete()
    path = tmp_path / "posthog.yaml"
    path.write_text(
        "invites: {eve@acme.io: {level: 8}}\ndomains: {acme.io: {}}\nproxy_records: {e.acme.io: {}}\n"
        "projects: {Web: {data_color_themes: {Acme: {colors: ['#000000']}}, groups_types: {company: {}}}}"
    )
    organization = seed_from(path)

    assert [(each.target_email, each.level) for each in organization.invites.all()] == [("eve@acme.io", 8)]
    assert [each.domain for each in organization.domains.all()] == ["acme.io"]
    assert [each.domain for each in organization.proxy_records.all()] == ["e.acme.io"]
    project = organization.projects.get()
    assert [each.name for each in project.color_themes.all()] == ["Acme"]
    assert [each.group_type for each in project.group_types.all()] == ["company"]


@pytest.mark.parametrize("domain", ["nobody.io", ""])
def test_only_a_domain_that_is_there_is_verified(api: API, domain: str) -> None:
    answer = api.send(POST("/_sandbox/domains/verify", {"domain": domain}))

    assert (answer.status, answer.body) == (400, {"error": f"there is no domain {domain!r}"})
