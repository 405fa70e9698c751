"""Which deployment, and with which key: options, then the environment, then a profile in a file.

The file is ``doorstep/profiles.json`` in the user's folder of settings, readable by the user alone.
"""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

LOCAL: Final = "http://127.0.0.1:8000"
DEFAULT: Final = "default"


class UnknownProfile(Exception):
    """There is no profile of this name, or none can be read."""


@dataclass(frozen=True, slots=True)
class Profile:
    """An address and a key; None: no key yet."""

    url: str
    key: str | None


def file() -> Path:
    """Where profiles are kept."""
    home = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"  # noqa: TID251 - not the server
    return Path(home) / "doorstep" / "profiles.json"


def known() -> dict[str, dict[str, str]]:
    """All profiles."""
    path = file()
    try:
        found = json.loads(path.read_text("utf-8")) if path.exists() else {}
    except ValueError as exc:
        msg = f"{path} is not JSON. Mend it, or delete it and log in again."
        raise UnknownProfile(msg) from exc
    return dict(found)


def save(name: str, url: str, key: str) -> Path:
    """Keep a profile, in place of an earlier one of this name."""
    path = file()
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps({**known(), name: {"url": url, "key": key}}, indent=2)
    part = path.with_suffix(".part")
    part.touch(mode=0o600)
    part.write_text(text, "utf-8")
    part.replace(path)
    return path


def chosen(url: str | None, key: str | None, profile: str | None) -> Profile:
    """The deployment that is meant. Raises UnknownProfile."""
    profiles = known()
    if profile is not None and profile not in profiles:
        msg = f"There is no profile {profile} in {file()}."
        raise UnknownProfile(msg)
    kept = profiles.get(profile or DEFAULT, {})
    return Profile(url or kept.get("url", LOCAL), key or kept.get("key"))
