"""A file that PostHog keeps for a setting of a plugin (posthog-api.md 6.3).

PostHog takes it as a part of its own and answers its name, size and type, never its content. So the content is
read from the disk when it is sent, and is in no property, state, log or message.
"""

from __future__ import annotations

import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Final

from pulumi_posthog.values.json_value import Json
from pulumi_posthog.values.local_file import UnreadableFile, shown
from pulumi_posthog.values.secret_text import MASK

MAX_BYTES: Final = 10_000_000  # of one file
# What PostHog answers in a configuration in place of a file.
ANSWERED: Final = frozenset({"uid", "saved", "size", "name", "type"})
ANY_TYPE: Final = "application/octet-stream"


@cache
def types() -> mimetypes.MimeTypes:
    """Python's own table of file types: that of the machine differs from one to the next, and the type is compared."""
    return mimetypes.MimeTypes()


@dataclass(frozen=True)
class Attachment:
    """A file on the disk: where it is, and what PostHog will show of it. `size` is in bytes."""

    path: Path = field(compare=False)
    name: str
    size: int
    type: str

    @classmethod
    def at(cls, path: Path) -> Attachment:
        """The file at `path`; raises UnreadableFile."""
        try:
            size, regular = path.stat().st_size, path.is_file()
        except (OSError, ValueError) as error:
            raise UnreadableFile(f"there is no file {shown(path)}") from error
        if not regular:
            raise UnreadableFile(f"{shown(path)} is not a file")
        if size > MAX_BYTES:
            raise UnreadableFile(
                f"{shown(path)} is larger than {MAX_BYTES // 1_000_000} MB, and that is the most that is sent"
            )
        return cls(path, path.name, size, types().guess_type(path.name)[0] or ANY_TYPE)

    def content(self) -> bytes:
        """What is sent; raises UnreadableFile, also when the file is another by now."""
        try:
            content = self.path.read_bytes()
        except OSError as error:
            raise UnreadableFile(f"{shown(self.path)} cannot be read: {error.strerror}") from error
        if len(content) != self.size:
            raise UnreadableFile(f"{shown(self.path)} changed while this ran: run again")
        return content

    @property
    def shown(self) -> dict[str, Json]:
        """What may be seen of it: `name`, `size` (bytes) and `type`."""
        return {"name": self.name, "size": self.size, "type": self.type}


def is_stored(value: Json) -> bool:
    """Whether a live value of a configuration is PostHog's word for a file."""
    return isinstance(value, dict) and value.keys() == ANSWERED


def comparable(value: Json) -> Json:
    """A file, declared or live, as the same name, size and type; as a mask where PostHog hides it. Else `value`."""
    if isinstance(value, Attachment):
        return value.shown
    if is_stored(value):
        shown = {name: value[name] for name in ("name", "size", "type")}
        return MASK if value["name"] == MASK else shown
    return value


def without_files(config: Mapping[str, Json] | None) -> dict[str, Json]:
    """The keys of a configuration, declared or live, that are no files."""
    return {
        key: value
        for key, value in (config or {}).items()
        if not isinstance(value, Attachment) and not is_stored(value)
    }


def with_files(config: Json) -> Json:
    """An object with every file, declared or live, as `comparable` has it; any other value as it is."""
    return {key: comparable(value) for key, value in config.items()} if isinstance(config, dict) else config
