"""Telling a person: hands a text to a command of the user's own, such as `mail`."""

import logging
import shlex
import subprocess

from tasks.settings import Settings

log = logging.getLogger("mentions")

SECONDS = 60.0
"""A command that takes longer hangs; the run's end shall not wait for it."""


def notify(settings: Settings, text: str) -> bool:
    """Give a text to MENTIONS_NOTIFY_COMMAND on its standard input; says whether a command took it.

    The command is split as a shell would but run without one, and the text goes nowhere else: words of a page cannot
    become a part of it. A command that fails is logged, and never costs the run.
    """
    if settings.notify_command is None:
        return False
    try:
        arguments = shlex.split(settings.notify_command)
        done = subprocess.run(  # noqa: S603 -- the user's own command; see above
            arguments, input=text.encode("utf-8", "replace"), capture_output=True, timeout=SECONDS, check=False
        )
    except (OSError, ValueError, subprocess.TimeoutExpired) as error:
        log.warning("MENTIONS_NOTIFY_COMMAND could not be run: %s", error)
        return False
    if done.returncode:
        words = done.stderr.decode("utf-8", "replace").strip()[:500]
        log.warning("MENTIONS_NOTIFY_COMMAND ended with status %d: %s", done.returncode, words)
    return done.returncode == 0
