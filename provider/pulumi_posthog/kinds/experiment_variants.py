"""The variants of an experiment, which are its flag's: read, sent on servers of each age, and what is wrong with them.

Contract: posthog-api-release.md 5.4. Older servers have them in `parameters`, and so have files. Newer ones show the
flag's there, and want them under `feature_flag`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from pulumi_posthog.kinds.flag_filters import VARIANT, wrong_variants
from pulumi_posthog.kinds.objection import Objection
from pulumi_posthog.values.secret_text import is_unknown

VARIANTS: Final = "feature_flag_variants"
CONTROL: Final = "control"
MOST_VARIANTS: Final = 20  # 5.4
HINTS: Final[Mapping[str, Any]] = {
    "minimum_detectable_effect": {"type": ["number", "null"], "description": "In per cent."},
    "recommended_running_time": {"type": ["number", "null"], "description": "In days."},
    "recommended_sample_size": {"type": ["number", "null"], "description": "How many persons."},
    "variant_notes": {"type": ["object", "null"], "description": "What is said of each variant."},
    "custom_exposure_filter": {"type": ["object", "null"], "description": "Which events expose somebody."},
}
OWN_VARIANTS: Final[Mapping[str, Any]] = {
    "type": ["array", "null"],
    "items": VARIANT,
    "description": (
        "The variants. One of them is `control`. Once the experiment is started, only their percentages "
        "can change."
    ),
}


def variants_of(answer: Mapping[str, Any]) -> list[Any]:
    """The variants that its flag has now; where the answer does not show them, what PostHog has kept of them."""
    filters = (answer.get("feature_flag") or {}).get("filters")
    found = (answer.get("parameters") or {}).get(VARIANTS)
    if isinstance(filters, Mapping):
        found = (filters.get("multivariate") or {}).get("variants")
    known = VARIANT["properties"]
    return [{key: value for key, value in each.items() if key in known} for each in found or ()]


def of_flag(parameters: Mapping[str, Any], answer: Mapping[str, Any]) -> dict[str, Any]:
    """Complete `parameters`, so that a PATCH changes of the flag nothing but declared variants (5.4)."""
    before = answer.get("parameters") or {}
    kept = {key: value for key, value in before.items() if key not in HINTS}
    filters = (answer.get("feature_flag") or {}).get("filters") or {}
    live = variants_of(answer)
    if live:  # a draft's would be reset to two halves without them
        kept[VARIANTS] = live
    if filters:
        # They may be older than the flag, and one rollout may not replace several conditions.
        kept.pop("rollout_percentage", None)
        groups: Any = filters.get("groups") or ()
        if len(groups) == 1 and not groups[0].get("properties"):
            kept["rollout_percentage"] = groups[0].get("rollout_percentage", 100)
        kept["aggregation_group_type_index"] = filters.get("aggregation_group_type_index")
    result: dict[str, Any] = {"parameters": {**kept, **parameters}}
    wanted = parameters.get(VARIANTS)
    if (
        wanted
        and shares(wanted) != shares(live)
        and any("split_percent" in each for each in before.get(VARIANTS) or ())
    ):
        # Newer servers show the flag's there, and take them elsewhere.
        result["feature_flag"] = {"filters": {"multivariate": {"variants": wanted}}}
        if answer.get("start_date"):
            result["update_feature_flag_params"] = True
    return result


def shares(variants: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """The key of each variant -> how many per cent of people get it."""
    return {str(each.get("key")): each.get("rollout_percentage") for each in variants}


def of_new_flag(fields: Mapping[str, Any]) -> Mapping[str, Any]:
    """What newer servers want to know of the flag that they make (5.4); older ones take no notice."""
    variants = (fields.get("parameters") or {}).get(VARIANTS)
    return {"feature_flag": {"filters": {"multivariate": {"variants": variants}}}} if variants else {}


def unlike(fields: Mapping[str, Any], flag: Mapping[str, Any]) -> tuple[str, str] | None:
    """Why there can be no new experiment about a flag that is there, or is declared (5.4).

    It is (the end of a sentence, a hint), or None.
    """
    own = (fields.get("parameters") or {}).get(VARIANTS)
    there = variants_in(flag)
    if there is None:
        return None
    keys = shares(there).keys()
    if len(keys) < 2 or CONTROL not in keys:
        hint = f"an experiment needs two or more in the `filters.multivariate` of its flag, one of them `{CONTROL}`"
        return f"its variants are {words_of(there)}", hint
    if own is None or shares(own) == shares(there):
        return None
    return (
        f"its variants are {words_of(there)}, not {words_of(own)}",
        f"take `{VARIANTS}` out to have them as they are, or declare the flag with the others",
    )


def variants_in(flag: Mapping[str, Any]) -> list[Any] | None:
    """The variants that a flag's fields declare; None where they declare nothing of its filters."""
    filters = flag.get("filters")
    if not isinstance(filters, Mapping):
        return None
    return list((filters.get("multivariate") or {}).get("variants") or ())


def words_of(variants: Iterable[Mapping[str, Any]]) -> str:
    """Variants as a sentence has them: "control 50, test 50"."""
    return ", ".join(f"{key} {share:g}" for key, share in shares(variants).items()) or "none"


def wrong_own_variants(fields: Mapping[str, Any]) -> Iterator[Objection]:
    """Variants that no experiment can have (5.4)."""
    variants = (fields.get("parameters") or {}).get("feature_flag_variants")
    if variants is None:
        return
    at, keys = f"parameters.{VARIANTS}", [each["key"] for each in variants]
    yield from wrong_variants(variants, at)
    if not 2 <= len(variants) <= MOST_VARIANTS:
        yield (
            at,
            f"has {len(variants)} variants",
            f"an experiment has two or more, and at most {MOST_VARIANTS}",
        )
    elif CONTROL not in keys and not any(map(is_unknown, keys)):
        yield at, f"has no variant `{CONTROL}`", "call the one `control` with which the others are compared"
    for place, key in enumerate(fields.get("excluded_variants") or ()):
        if key not in keys:
            yield f"excluded_variants.{place}", f'leaves out "{key}", which is none of its variants', None
