"""The baseline: a client that asks for each object by itself, with ten at a time, as Terraform's provider does."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx  # noqa: TID251 - another client than ours is what this is

WORKERS = 10


def read(url: str, key: str, paths: list[str]) -> None:
    """GET every path; raises httpx.HTTPStatusError for a refusal."""
    limits = httpx.Limits(max_connections=WORKERS, max_keepalive_connections=WORKERS)
    with (
        httpx.Client(
            base_url=url, headers={"Authorization": f"Bearer {key}"}, limits=limits, timeout=60
        ) as client,
        ThreadPoolExecutor(WORKERS) as pool,
    ):
        for response in pool.map(client.get, paths):
            response.raise_for_status()


if __name__ == "__main__":
    read(sys.argv[1], sys.argv[2], Path(sys.argv[3]).read_text().split())
