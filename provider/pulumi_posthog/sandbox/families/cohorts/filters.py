"""`filters` of a cohort: what is refused, and what 2026 makes of them (posthog-api-release.md 3.3, 3.4)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from rest_framework.exceptions import ValidationError

from pulumi_posthog.sandbox.families.project_objects import cohort_ids_in, properties_in
from pulumi_posthog.sandbox.families.released_objects import Cohort, FeatureFlag
from pulumi_posthog.sandbox.rules.ages import generation
from pulumi_posthog.sandbox.rules.errors import invalid

Filters = dict[str, Any]
Path = tuple[str | int, ...]

NOTHING: Filters = {"properties": {"type": "OR", "values": []}}
"""What is answered where there are none (3.4); its form is a guess."""
BYTECODE = ["_H", 1, 29]
"""Nothing is compiled: the same for all."""
MADE_BY_THE_SERVER = {"bytecode", "bytecode_error", "conditionHash"}
WITHOUT_VALUE = {"is_set", "is_not_set"}
WHOLE_NUMBERS = (
    "time_value",
    "operator_value",
    "seq_time_value",
    "total_periods",
    "min_periods",
)


@dataclass(frozen=True)
class Leaf:
    """The keys of one type of condition."""

    required: tuple[str, ...]
    optional: tuple[str, ...] = ("negation",)
    only_2026: tuple[str, ...] = ()

    def keys(self) -> set[str]:
        """Those that the running age takes."""
        found = {"type", *self.required, *self.optional}
        return found | {*self.only_2026, *MADE_BY_THE_SERVER} if generation() >= 2026 else found


PERSON = Leaf(("key", "operator"), ("value", "negation"))
LEAVES: Mapping[str, Leaf] = {
    "person": PERSON,
    "cohort": Leaf(("key", "value")),
    "behavioral": Leaf(
        ("key", "event_type", "value"),
        (
            "time_value",
            "time_interval",
            "explicit_datetime",
            "operator",
            "operator_value",
            "seq_event",
            "seq_event_type",
            "seq_time_value",
            "seq_time_interval",
            "total_periods",
            "min_periods",
            "event_filters",
            "negation",
        ),
        ("explicit_datetime_to",),
    ),
}
LEAVES_2026 = {**LEAVES, "person_metadata": PERSON}


def refused(detail: str, code: str = "invalid") -> ValidationError:
    return invalid("filters", detail, code)


def listed(kind: str, where: Path, message: str) -> ValidationError:
    """The validator's own list, as text."""
    return refused(str([{"type": kind, "loc": where, "msg": message}]))


def checked(filters: Any) -> Filters:
    """As they are stored: verbatim until 2025, normalised in 2026. Raises the 400s of 3.3."""
    if not isinstance(filters, dict) or not isinstance(filters.get("properties"), dict):
        raise refused("Must contain a 'properties' key with type and values")
    check_keys(filters, {"properties"}, ())
    properties = filters["properties"]
    if "type" not in properties or "values" not in properties:
        raise refused("Must contain a 'properties' key with type and values")
    check_group(properties, ("properties",))
    return filters if generation() < 2026 else {"properties": normalised(properties)}


def check_keys(given: Mapping[str, Any], known: set[str], where: Path) -> None:
    """400 for a key that is not known."""
    for name in given:
        if name not in known:
            raise listed("extra_forbidden", (*where, name), "Extra inputs are not permitted")


def check_group(given: Mapping[str, Any], where: Path) -> None:
    """400 for a group of criteria in another form, at any depth."""
    check_keys(given, {"type", "values"}, where)
    if given["type"] not in ("AND", "OR"):
        raise listed("literal_error", (*where, "type"), "Input should be 'AND' or 'OR'")
    if not isinstance(given.get("values"), list):
        raise listed("list_type", (*where, "values"), "Input should be a valid list")
    for number, each in enumerate(given["values"]):
        inside = (*where, "values", number)
        if not isinstance(each, dict):
            raise listed("dict_type", inside, "Input should be a valid dictionary")
        if each.get("type") in ("AND", "OR"):
            check_group(each, inside)
        else:
            check_leaf(each, inside)


def check_leaf(given: Mapping[str, Any], where: Path) -> None:
    """400 for one criterion of a type that is not known, or in another form."""
    leaves = LEAVES_2026 if generation() >= 2026 else LEAVES
    type_ = given.get("type")
    leaf = leaves.get(type_) if isinstance(type_, str) else None
    if leaf is None:
        raise listed("union_tag_invalid", where, f"Input tag {type_!r} is none of {', '.join(leaves)}")
    check_keys(given, leaf.keys(), (*where, str(type_)))
    needed = [*leaf.required]
    if leaf is PERSON and given.get("operator") not in WITHOUT_VALUE:
        needed.append("value")
    if type_ == "behavioral" and given.get("explicit_datetime") is None:
        needed += ["time_value", "time_interval"]
    if missing := [name for name in needed if given.get(name) is None]:
        raise refused(f"Missing required keys for {type_} filter: {', '.join(missing)}")
    for name, is_right, expected in wrong_when(str(type_)):
        if given.get(name) is not None and not is_right(given[name]):
            raise listed("type_error", (*where, str(type_), name), f"Input should be {expected}")


def wrong_when(type_: str) -> Iterator[tuple[str, Any, str]]:
    """Which keys have a type of JSON of their own."""
    yield "negation", lambda value: isinstance(value, bool), "a valid boolean"
    if type_ == "cohort":
        yield "key", lambda value: value == "id", "'id'"
        yield "value", is_whole, "a valid integer"
    elif type_ == "behavioral":
        yield "key", lambda value: isinstance(value, str) or is_whole(value), "a valid string or integer"
        yield "event_type", lambda value: value in ("events", "actions"), "'events' or 'actions'"
        yield "value", lambda value: isinstance(value, str), "a valid string"
        yield "time_interval", lambda value: isinstance(value, str), "a valid string"
        yield "event_filters", lambda value: isinstance(value, list), "a valid list"
        for name in WHOLE_NUMBERS:
            yield name, is_whole, "a valid integer"
    else:
        yield "key", lambda value: isinstance(value, str), "a valid string"
        yield "operator", lambda value: isinstance(value, str), "a valid string"


def is_whole(value: Any) -> bool:
    """A whole number, or its text."""
    if isinstance(value, str):
        return value.removeprefix("-").isdecimal() and len(value) <= 18
    return isinstance(value, int) and not isinstance(value, bool)


def normalised(given: Mapping[str, Any]) -> Filters:
    """2026: without nulls, numbers as numbers, and with what the server adds to every leaf."""
    if given["type"] in ("AND", "OR"):
        return {"type": given["type"], "values": [normalised(each) for each in given["values"]]}
    own = {
        name: value for name, value in given.items() if value is not None and name not in MADE_BY_THE_SERVER
    }
    own.setdefault("negation", False)
    for name in ("value",) if own["type"] == "cohort" else WHOLE_NUMBERS:
        if name in own:
            own[name] = int(own[name])
    digest = hashlib.sha256(json.dumps(own, sort_keys=True).encode()).hexdigest()
    return {**own, "bytecode": BYTECODE, "bytecode_error": None, "conditionHash": digest[:16]}


def own_conditions(filters: Any) -> Any:
    """What somebody has sent of them, whichever generation stored them: for comparing."""
    if isinstance(filters, list):
        return [own_conditions(each) for each in filters]
    if not isinstance(filters, dict):
        return filters
    return {
        name: own_conditions(value)
        for name, value in filters.items()
        if name not in MADE_BY_THE_SERVER and value is not None and not (name == "negation" and not value)
    }


def living(project: int) -> dict[int, Cohort]:
    """The cohorts of a project that are not deleted."""
    return {each.pk: each for each in Cohort.objects.filter(project=project, deleted=False)}


def inside(filters: Any, cohorts: Mapping[int, Cohort]) -> set[int]:
    """Ids of the cohorts that filters name, and of those that these name."""
    found: set[int] = set()
    waiting = cohort_ids_in(filters)
    while waiting:
        id_ = waiting.pop()
        if id_ not in found:
            found.add(id_)
            waiting |= cohort_ids_in(cohorts[id_].filters) if id_ in cohorts else set()
    return found


def asks_about_events(filters: Any, cohorts: Mapping[int, Cohort]) -> bool:
    """Itself, or a cohort inside it."""
    every = [filters, *(cohorts[id_].filters for id_ in inside(filters, cohorts) if id_ in cohorts)]
    return any(each["type"] == "behavioral" for document in every for each in properties_in(document))


def check_change(filters: Filters, row: Cohort) -> None:
    """What is only asked on an update (3.3); a create accepts an unknown id."""
    cohorts = living(row.project_id)
    if cohort_ids_in(filters) - cohorts.keys():
        raise ValidationError("Invalid Cohort ID in filter")
    if row.pk in inside(filters, cohorts):
        raise ValidationError("Cohorts cannot reference other cohorts in a loop.")
    if asks_about_events(filters, cohorts) and active_flags_over(row, cohorts):
        raise refused(
            "Behavioral filters cannot be added to cohorts used in feature flags.", "behavioral_cohort_found"
        )


def active_flags(row: Cohort) -> list[FeatureFlag]:
    """The flags of a cohort's project that are on."""
    return list(FeatureFlag.objects.filter(project=row.project_id, deleted=False, active=True).order_by("pk"))


def active_flags_of(row: Cohort) -> list[FeatureFlag]:
    """The flags that are on and name a cohort."""
    return [each for each in active_flags(row) if row.pk in cohort_ids_in(each.filters)]


def active_flags_over(row: Cohort, cohorts: Mapping[int, Cohort]) -> bool:
    """Whether some name it, or a cohort that it is inside of."""
    return any(row.pk in inside(each.filters, cohorts) for each in active_flags(row))
