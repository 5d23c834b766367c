"""Environment variables whose names belong to somebody: the run itself, the CI, a cloud. What they hold is never shown.

The one list of such names. `POSTHOG_NEVER_PLAIN` in the environment of a run adds to it; nothing takes from it. Neither
the configuration nor `Pulumi.STACK.yaml` can say anything about it, because a pull request may change both.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from typing import Final

KEY_VARIABLE: Final = "POSTHOG_PERSONAL_API_KEY"
MORE: Final = "POSTHOG_NEVER_PLAIN"
# What lets a run apply the file. No field takes it, a secret one neither: it would be sent where the file says.
NOWHERE: Final = (KEY_VARIABLE, "PULUMI_*", "ACTIONS_*")
NEVER_PLAIN: Final = (
    *NOWHERE,
    # Continuous integration
    *(
        "GITHUB_*",
        "GH_*",
        "RUNNER_*",
        "GITLAB_*",
        "CI_*",
        "BITBUCKET_*",
        "BUILDKITE_*",
        "CIRCLE_*",
        "JENKINS_*",
    ),
    *("SYSTEM_ACCESSTOKEN", "TRAVIS_*", "DRONE_*"),
    # Clouds, key services, what keeps secrets
    *(
        "AWS_*",
        "AZURE_*",
        "ARM_*",
        "GOOGLE_*",
        "GCLOUD_*",
        "GCP_*",
        "CLOUDSDK_*",
        "CLOUDFLARE_*",
        "DIGITALOCEAN_*",
    ),
    *("VAULT_*", "OP_*", "DOPPLER_*", "SOPS_*", "INFISICAL_*", "KUBE*", "DOCKER_*", "TF_*"),
    # Package indexes, databases, keys, proxies, which may have a password in their address
    *(
        "NPM_*",
        "NODE_AUTH_*",
        "PIP_*",
        "UV_*",
        "TWINE_*",
        "PGPASS*",
        "MYSQL_*",
        "DATABASE_URL",
        "SSH_*",
        "GPG_*",
    ),
    *("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"),
    # Whatever says so itself
    *("*PASSWORD*", "*PASSWD*", "*PASSPHRASE*", "*SECRET*", "*TOKEN*", "*CREDENTIAL*"),
    *("*PRIVATE_KEY*", "*ACCESS_KEY*", "*API_KEY*", "*APIKEY*"),
)
# What makes a shell, Python or Git run something: no name to make up for a value that somebody else has chosen.
OF_PROGRAMS: Final = (
    "LD_*",
    "DYLD_*",
    "PYTHON*",
    "NODE_*",
    "GIT_*",
    "BASH*",
    "PERL*",
    "RUBY*",
    "LC_*",
    "XDG_*",
)
PATTERN: Final = re.compile(r"[A-Za-z0-9_*]{1,100}")
MOST: Final = 100  # patterns that are added


def is_never_plain(name: str, more: Iterable[str] = ()) -> bool:
    """Whether a variable of that name may only be where PostHog and Pulumi keep secrets."""
    return any(fnmatchcase(name.upper(), pattern.upper()) for pattern in (*NEVER_PLAIN, *more))


def stands_nowhere(name: str) -> bool:
    """Whether a variable of that name may not be in a configuration at all."""
    return any(fnmatchcase(name.upper(), pattern) for pattern in NOWHERE)


def is_taken(name: str) -> bool:
    """Whether a name that is made up for a new variable may be one that somebody has set for something else."""
    prefixes = [pattern for pattern in (*NEVER_PLAIN, *OF_PROGRAMS) if not pattern.startswith("*")]
    return name.upper().startswith("POSTHOG_") or any(fnmatchcase(name.upper(), each) for each in prefixes)


def added(environment: Mapping[str, str]) -> tuple[str, ...]:
    """The patterns of names that `POSTHOG_NEVER_PLAIN` adds, such as `ACME_*` and `HOOK`.

    Raises ValueError for what is no such list: one that is not understood would protect nothing.
    """
    patterns = [each for each in re.split(r"[\s,]+", environment.get(MORE, "")) if each]
    if len(patterns) > MOST or not all(map(PATTERN.fullmatch, patterns)):
        raise ValueError(
            f"{MORE} is not a list of variables: names of letters, digits and underscores, with * for anything,"
            f" and at most {MOST} of them"
        )
    return tuple(patterns)
