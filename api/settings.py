"""Holds every setting, read from the environment with the prefix SLEEP_GUIDANCE_. Refuses what it does not know."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from schemas.problems import SleepGuidanceError

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
    cors_origins: Annotated[tuple[str, ...], NoDecode] = ()
    """The web origins whose pages may call the service, with commas between them, or * for all; none by default."""
    hosts: Annotated[tuple[str, ...], NoDecode] = ()
    """The names under which the service answers, with commas between them; any where left out."""
    log: Literal["json", "off"] = "json"
    """Whether to write one line of JSON for each request to standard output."""

    @field_validator("cors_origins", "hosts", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

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
    try:
        return Settings()
    except ValidationError as error:
        lines = [
            f"{PREFIX}{'_'.join(str(part) for part in one['loc'][:1]).upper()}: {one['msg']}."
            for one in error.errors(include_url=False, include_input=False)
        ]
        raise SettingsRefused("\n".join(lines)) from None
