"""Holds every setting, read from the environment with the prefix SLEEP_GUIDANCE_. Refuses what it does not know."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from api.mirror.fetching import read_address
from schemas.problems import SleepGuidanceError, UpstreamUnusable

PREFIX: Final = "SLEEP_GUIDANCE_"
ROOT: Final = Path(__file__).parent.parent
"""The folder that holds `api/` and `data/`."""


class SettingsRefused(SleepGuidanceError):
    """A setting is not known or has a value that cannot be used; the message says which and why, one a line."""


class Settings(BaseSettings):
    """How the service runs. Every field is the environment variable of its name in capitals behind the prefix."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid", use_attribute_docstrings=True)

    host: str = "127.0.0.1"
    """The address to listen on; 0.0.0.0 for all."""
    port: int = Field(default=8000, ge=1, le=65535)
    """The port to listen on."""
    releases: Path = ROOT / "data" / "releases"
    """The folder that holds the published releases."""
    upstream: str = ""
    """The address of releases to follow and serve, such as another instance of this service; none where left out."""
    trusted_keys: Path | None = None
    """A file of public keys (a keys.json); nothing is served that is not signed by them."""
    upstream_unsigned: Literal["refuse", "follow"] = "refuse"
    """Whether to follow an upstream where no keys are trusted; then nobody proves what it gives."""
    poll_seconds: float = Field(default=60, ge=1, le=86_400)
    """How long to wait between two looks at the upstream."""
    mirror: Path = ROOT / "data" / "mirror"
    """The folder in which what was taken over from the upstream is kept."""
    cors_origins: Annotated[tuple[str, ...], NoDecode] = ()
    """The web origins whose pages may call the service, with commas between them, or * for all; none by default."""
    log: Literal["json", "off"] = "json"
    """Whether to write one line of JSON for each request to standard output."""

    @field_validator("cors_origins", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @field_validator("upstream")
    @classmethod
    def _address(cls, value: str) -> str:
        try:
            return read_address(value) if value else value
        except UpstreamUnusable as error:
            raise ValueError(str(error)) from None

    @field_validator("cors_origins")
    @classmethod
    def _origins(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for origin in value:
            scheme, _, rest = origin.partition("://")
            if origin != "*" and (scheme not in {"http", "https"} or not rest or "/" in rest):
                message = "each origin must be like https://example.org, without a path, or *"
                raise ValueError(message)
        return value


def read_settings(environment: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings from the environment.

    Raises:
        SettingsRefused: a variable with the prefix is not a setting, or a value cannot be used.

    """
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    unknown = sorted(name for name in environment if name.upper().startswith(PREFIX) and name.upper() not in known)
    if unknown:
        names = ", ".join(sorted(known))
        message = f"{', '.join(unknown)}: there is no such setting. The settings are {names}."
        raise SettingsRefused(message)
    return _made({})


def with_said(settings: Settings, said: Mapping[str, object]) -> Settings:
    """Give settings of which some were said otherwise, on the command line.

    Raises:
        SettingsRefused: a value cannot be used.

    """
    return _made({**settings.model_dump(), **said})


def _made(values: Mapping[str, Any]) -> Settings:
    try:
        return Settings(**values)
    except ValidationError as error:
        lines = [
            f"{PREFIX}{'_'.join(str(part) for part in one['loc'][:1]).upper()}: {one['msg']}."
            for one in error.errors(include_url=False, include_input=False)
        ]
        raise SettingsRefused("\n".join(lines)) from None
