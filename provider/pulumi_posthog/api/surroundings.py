"""What the environment tells an HTTP client: proxies and certificates; what of it cannot be used, by its variable."""

from __future__ import annotations

import os
import ssl
from collections.abc import Mapping
from typing import Final

from pulumi_posthog.api.errors import BadSurroundings
from pulumi_posthog.api.httpx_alone import httpx

# In the order in which Python reads them; the last one that is set is the one that counts.
PROXIES: Final = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy")
EXCEPTIONS: Final = ("NO_PROXY", "no_proxy")
CERTIFICATES: Final = ("SSL_CERT_FILE", "SSL_CERT_DIR", "SSLKEYLOGFILE")


def context() -> ssl.SSLContext:
    """How servers prove who they are; raises BadSurroundings for certificates or proxies that cannot be used.

    It takes tens of milliseconds.
    """
    try:
        made = httpx.create_ssl_context()
    except (OSError, ValueError) as error:  # an SSLError is an OSError
        raise _certificates(os.environ, error) from error
    try:
        httpx.Client(verify=made).close()
    except (ImportError, ValueError, TypeError, httpx.InvalidURL) as error:
        raise _proxies(os.environ, made, error) from error
    return made


def _certificates(environment: Mapping[str, str], error: Exception) -> BadSurroundings:
    found = next((name for name in CERTIFICATES if environment.get(name)), None)
    reason = getattr(error, "strerror", None) or type(error).__name__
    if found is None:
        return BadSurroundings(f"the certificates of this machine cannot be read: {reason}")
    what = "a folder of certificates" if found == "SSL_CERT_DIR" else "a file in PEM"
    if found == "SSLKEYLOGFILE":
        what = "a file that may be written; unset it unless you debug TLS"
    return _unusable(found, reason, f"it must name {what}")


def _proxies(environment: Mapping[str, str], verify: ssl.SSLContext, error: Exception) -> BadSurroundings:
    for name in PROXIES:
        if reason := environment.get(name) and _of_proxy(environment[name], verify):
            # Its value is not shown: a proxy's address may have a password in it.
            return _unusable(name, reason, "write it as http://name:port, or unset it")
    for name in EXCEPTIONS:
        for item in environment.get(name, "").split(","):
            if not _is_pattern(item.strip()):
                return _unusable(
                    name,
                    f'"{item.strip()[:100]}" is neither a name nor an address',
                    "write host names and single addresses; networks of IPv6 are not understood",
                )
    return BadSurroundings(
        f"the proxies of the environment cannot be used: {type(error).__name__}",
        hint="look at the variables that end in _PROXY",
    )


def _unusable(name: str, reason: str, hint: str) -> BadSurroundings:
    return BadSurroundings(f"the environment variable {name} cannot be used: {reason}", hint=hint)


def _of_proxy(address: str, verify: ssl.SSLContext) -> str | None:
    """Why a proxy cannot be used."""
    try:
        httpx.Client(
            proxy=address if "://" in address else f"http://{address}", verify=verify, trust_env=False
        ).close()
    except ImportError:
        return "it names a SOCKS proxy, which takes the package socksio"
    except (ValueError, TypeError, httpx.InvalidURL):
        return "it is not the address of a proxy"
    return None


def _is_pattern(item: str) -> bool:
    """Whether httpx understands one item of NO_PROXY; it makes a URL of each."""
    if not item or item == "*":
        return True
    tried = [item] if "://" in item else [f"all://*{item}", f"all://[{item}]"]
    for url in tried:
        try:
            httpx.URL(url)
        except (ValueError, TypeError, httpx.InvalidURL):
            continue
        return True
    return False


def has_wrong_certificate(error: BaseException | None) -> bool:
    """Whether a certificate that does not verify is behind an error; trying again does not make it better."""
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return True
        error = error.__cause__ or error.__context__
    return False
