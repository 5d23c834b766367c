"""How much of what others wrote is read, waited for and shown: every bound of this kind, with its unit and its reason.

Whatever is in a file, an answer or a state, a run ends in bounded time and memory. What passes a bound is refused or
cut with words that say so, and a bound is far above what an organization needs.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

MEGABYTE: Final = 1_000_000


ANSWER_BYTES: Final = 64 * MEGABYTE  # of one JSON answer, unpacked: a page of 1,100 objects of 50 kB each
ERROR_BYTES: Final = 256 * 1024  # of one error answer, unpacked: PostHog's own have a few hundred
DOWNLOAD_BYTES: Final = 2_000 * MEGABYTE  # of one file that is downloaded: it goes to the disk
ANSWER_SECONDS: Final = 300.0  # from the request to the last byte: PostHog's own proxies give up before
DOWNLOAD_SECONDS: Final = 3_600.0  # the same of a file
# An encoding within another unpacks a thousand times a thousand, and brotli without end.
ENCODINGS: Final = frozenset({"", "identity", "gzip", "deflate"})
FEED_PAGES: Final = 10_000  # of one feed, which is shown piece by piece: a million events
PAGES: Final = 5_000  # of one list that is read whole: a thousand objects each, where the server allows that
OBJECTS: Final = 1_000_000  # of one list that is read whole
FOREIGN_WORDS: Final = 40_000  # characters of an error page that are looked at for words to quote
LONGEST_SECRET: Final = 10_000  # characters: half of one may be where a text was cut


STATE_BYTES: Final = 1_000 * MEGABYTE  # of one exported state: 2 kB for each resource, and then some
GUARD_CHARACTERS: Final = 64 * MEGABYTE  # of one list that a guard keeps in a state: 60 for each resource
SETTINGS_BYTES: Final = MEGABYTE  # of what `pulumi config` and `pulumi whoami` print: a few hundred lines
COMPLAINT_BYTES: Final = MEGABYTE  # of what a program says on stderr: its last line is quoted
BASELINE_BYTES: Final = 64 * MEGABYTE  # of an earlier report: one kB for each difference
IGNORE_BYTES: Final = MEGABYTE  # of a list of what to ignore, which Python reads as YAML in seconds
CONFIGURATION_BYTES: Final = 50 * MEGABYTE  # of all files of one configuration
ENTRIES_LOOKED_AT: Final = 20_000  # files and folders that the wildcards of one `!include` may pass
PATTERN_PARTS: Final = 32  # parts of a path in `!include`


PROBLEMS: Final = 200  # of one configuration that are told one by one
MESSAGE: Final = 2_000  # characters of one problem


class TooLarge(ValueError):
    """A file has more bytes than are read of its kind."""


def text_of(path: Path, most: int) -> str:
    """What is in a file of UTF-8, of at most `most` bytes; raises TooLarge, UnicodeDecodeError, OSError.

    No more is read than that, whatever the path names: a device has no end.
    """
    with path.open("rb") as file:
        content = file.read(most + 1)
    if len(content) > most:
        raise TooLarge(f"{path} is larger than {most // MEGABYTE:,} MB, and that is the most that is read")
    return content.decode()
