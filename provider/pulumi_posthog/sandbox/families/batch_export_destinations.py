"""Where batch exports copy to: what each type of destination is configured by, in each age (4.4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rest_framework.exceptions import ValidationError

from pulumi_posthog.sandbox.rules.ages import ALWAYS, EARLIER_2026, LATER_2026, Ages, generation, within
from pulumi_posthog.sandbox.rules.switches import SWITCHES

LATER: Ages = (LATER_2026, 2026)


INLINE: Ages = (2024, 2026.25)


@dataclass(frozen=True)
class Key:
    """One key of a destination's `config`."""

    type: str = "str"
    required: bool = False
    secret: bool = False
    """Never answered, `user` included (4.4)."""
    nullable: bool = False


TEXT, NEEDED, SECRET = Key(), Key(required=True), Key(secret=True)


NEEDED_SECRET, NUMBER, BOOLEAN = Key(required=True, secret=True), Key("int"), Key("bool")


OPTIONAL, LIST, OBJECT = Key(nullable=True), Key("list", nullable=True), Key("dict", nullable=True)


ALL_TYPES = {"include_events": LIST, "exclude_events": LIST}


FILES = {"compression": OPTIONAL, "file_format": TEXT, "max_file_size_mb": Key("int", nullable=True)}


BUCKET = {"bucket_name": NEEDED, "region": NEEDED, "prefix": NEEDED, **FILES}


ENCRYPTION = {"encryption": OPTIONAL, "kms_key_id": OPTIONAL}


AWS_KEYS = {"aws_access_key_id": SECRET, "aws_secret_access_key": SECRET}


ADDRESSING = {"endpoint_url": OPTIONAL, "use_virtual_style_addressing": BOOLEAN}


S3 = {**BUCKET, **ENCRYPTION, **AWS_KEYS, **ADDRESSING}


TABLE = {"database": NEEDED, "schema": TEXT, "table_name": TEXT}


POSTGRES_LOGIN = {
    "user": NEEDED_SECRET,
    "password": NEEDED_SECRET,
    "host": NEEDED,
    "port": NUMBER,
    "has_self_signed_cert": BOOLEAN,
}


REDSHIFT = {"properties_data_type": TEXT, "mode": TEXT, "copy_inputs": OBJECT}


DATABRICKS = {
    "http_path": NEEDED,
    "catalog": NEEDED,
    "schema": NEEDED,
    "table_name": NEEDED,
    "use_variant_type": BOOLEAN,
    "use_automatic_schema_evolution": BOOLEAN,
}


@dataclass(frozen=True)
class Form:
    """What a destination type is in some of the ages; `integration` is the kind that it needs."""

    keys: Mapping[str, Key]
    ages: Ages = ALWAYS
    integration: str | None = None
    behind_a_flag: Ages | None = None


FORMS: Mapping[str, tuple[Form, ...]] = {
    "S3": (Form(S3, INLINE),),
    "AwsS3": (
        Form(S3, (2026, 2026.25)),
        Form({**BUCKET, **ENCRYPTION}, LATER, "aws-s3"),
    ),
    "S3Compatible": (
        Form(S3, (2026, 2026.25)),
        Form({**BUCKET, "use_virtual_style_addressing": BOOLEAN}, LATER, "s3-compatible"),
    ),
    "Snowflake": (
        Form(
            {
                "account": NEEDED,
                "user": NEEDED_SECRET,
                "database": NEEDED,
                "warehouse": NEEDED,
                "schema": NEEDED,
                "table_name": TEXT,
                "authentication_type": TEXT,
                "password": SECRET,
                "private_key": SECRET,
                "private_key_passphrase": SECRET,
                "role": OPTIONAL,
            },
            INLINE,
        ),
        Form(
            {"database": NEEDED, "warehouse": NEEDED, "schema": NEEDED, "table_name": TEXT, "role": OPTIONAL},
            LATER,
            "snowflake",
        ),
    ),
    "Postgres": (Form({**TABLE, **POSTGRES_LOGIN}, INLINE), Form(TABLE, LATER, "postgresql")),
    "Redshift": (
        Form({**TABLE, **POSTGRES_LOGIN, **REDSHIFT}, INLINE),
        Form({**TABLE, "host": TEXT, "port": NUMBER, **REDSHIFT}, LATER, "aws-redshift"),
    ),
    "BigQuery": (
        Form(
            {
                "project_id": NEEDED,
                "dataset_id": NEEDED,
                "table_id": TEXT,
                "private_key": NEEDED_SECRET,
                "private_key_id": NEEDED_SECRET,
                "token_uri": NEEDED_SECRET,
                "client_email": NEEDED_SECRET,
                "use_json_type": BOOLEAN,
            },
            INLINE,
        ),
        Form(
            {"dataset_id": NEEDED, "table_id": TEXT, "use_json_type": BOOLEAN},
            LATER,
            "google-cloud-service-account",
        ),
    ),
    "AzureBlob": (Form({"container_name": NEEDED, "prefix": TEXT, **FILES}, (2026, 2026), "azure-blob"),),
    "Databricks": (Form(DATABRICKS, (2025, 2026), "databricks", behind_a_flag=(2025, 2025)),),
    "HTTP": (Form({"url": NEEDED, "token": NEEDED_SECRET}),),
    "NoOp": (Form({"arg": OPTIONAL}),),
}


OLD_FORM_LIVES_ON = {"Postgres", "Redshift"}
"""Types whose older exports keep their inline credentials (4.4)."""


INGESTION = ("https://us.i.posthog.com/batch/", "https://eu.i.posthog.com/batch/")


COMPRESSIONS = {
    "JSONLines": {"gzip", "brotli", None},
    "Parquet": {"zstd", "lz4", "snappy", "gzip", "brotli", None},
}


TYPES: Mapping[str, type] = {"str": str, "int": int, "bool": bool, "list": list, "dict": dict}


SECRETS_OF_COPY = ("bucket_credentials", "authorization")


def form_of(type_: str, *, inline: bool = False, names_integration: bool = False) -> Form | None:
    """What the running age takes; `inline`: credentials of an older export are in its config.

    The first half of 2026 takes either. The page's 4.4 has the integrations' keys under the later form only, but
    there it says that an integration is *required* from then on, not that it was refused before; section 8 says of
    the earlier form "inline or integration" in so many words, and nothing contradicts it.
    """
    forms = FORMS.get(type_, ())
    if names_integration and generation() == EARLIER_2026:
        forms = tuple(form for form in forms if form.integration) or forms
        return forms[0] if forms else None
    if inline and type_ in OLD_FORM_LIVES_ON:
        return forms[0]
    return next((form for form in forms if within(form.ages)), None)


def of_destination(detail: str, under: str | None = None) -> ValidationError:
    """400 at `destination`, or below it."""
    return ValidationError({"destination": {under: [detail]} if under else [detail]})


def merged(stored: Mapping[str, Any], sent: Mapping[str, Any]) -> dict[str, Any]:
    """Recursively; a key is never removed (4.5)."""
    return {
        **stored,
        **{
            key: merged(stored[key], value)
            if isinstance(value, dict) and isinstance(stored.get(key), dict)
            else value
            for key, value in sent.items()
        },
    }


def without_secrets(type_: str, config: Mapping[str, Any]) -> dict[str, Any]:
    """What is answered of a config."""
    secrets = {name for form in FORMS.get(type_, ()) for name, key in form.keys.items() if key.secret}
    shown = {name: value for name, value in config.items() if name not in secrets}
    if isinstance(copied := shown.get("copy_inputs"), dict):
        shown["copy_inputs"] = {
            name: value
            for name, value in copied.items()
            if name not in SECRETS_OF_COPY or not isinstance(value, dict)
        }
    return shown


def check_config(type_: str, form: Form, config: Mapping[str, Any], *, whole: bool) -> None:
    """Raises a 400 at `destination__non_field_errors`, the first of unknown, missing, wrong type (4.4)."""
    keys = {**ALL_TYPES, **form.keys}
    if unknown := sorted(config.keys() - keys.keys()):
        named = ", ".join(f"'{each}'" for each in unknown)
        raise of_destination(f"Configuration has unknown field/s: {named}", "non_field_errors")
    for name, key in keys.items():
        if whole and key.required and name not in config:
            raise of_destination(f"Configuration missing required field: '{name}'", "non_field_errors")
    for name, value in config.items():
        key = keys[name]
        if value is None and key.nullable:
            continue
        expected = TYPES[key.type]
        if not isinstance(value, expected) or (isinstance(value, bool) and expected is int):
            got = type(value).__name__
            raise of_destination(
                f"Configuration has invalid type: got '{got}', expected '{key.type}'", "non_field_errors"
            )
    if type_ == "HTTP" and SWITCHES.age >= 2026 and config.get("url", INGESTION[0]) not in INGESTION:
        raise of_destination("Only PostHog's own URLs are supported.")


def check_together(type_: str, config: Mapping[str, Any]) -> None:
    """What goes together in a config as it will be."""
    if "compression" in config and config["compression"] not in COMPRESSIONS.get(
        config.get("file_format") or "JSONLines", set()
    ):
        raise of_destination(f"Compression {config['compression']} is not supported for this file format.")
    if type_ == "Snowflake" and "account" in config:
        key = "private_key" if config.get("authentication_type") == "keypair" else "password"
        if not config.get(key):
            raise of_destination(f"{key} is required for this authentication type.")
