"""What tables about feature flags begin with: their URLs, bodies, and the answers of a refusal."""

from __future__ import annotations

from typing import Any

from sandbox.table import ONE, PATCH, POST, validation

FLAGS = ONE + "feature_flags/"
FLAG = FLAGS + "{flag}/"
ALL = {"groups": [{"properties": [], "rollout_percentage": 100}]}
VARIANTS = {
    **ALL,
    "multivariate": {
        "variants": [{"key": "a", "rollout_percentage": 50}, {"key": "b", "rollout_percentage": 50}]
    },
    "payloads": {"a": '{"x": 1}'},
}


def made(key: str = "checkout", saves: str = "flag", **rest: Any) -> Any:
    return POST(FLAGS, {"key": key, "filters": ALL, **rest}, saves=saves)


def filters(**rest: Any) -> Any:
    return POST(FLAGS, {"key": "checkout", "filters": {**ALL, **rest}})


def asking(**condition: Any) -> Any:
    return filters(groups=[{"properties": [condition], "rollout_percentage": 100}])


def needs(key: str, **rest: Any) -> dict[str, Any]:
    condition = {"type": "flag", "key": key, "operator": "flag_evaluates_to", "value": True, **rest}
    return {"filters": {"groups": [{"properties": [condition], "rollout_percentage": 100}]}}


GONE = PATCH(FLAG, {"deleted": True})
BAD = validation("invalid_input", "filters")
