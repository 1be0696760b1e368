"""Holds every setting, read from the environment with the prefix SLEEP_GUIDANCE_. Refuses what it does not know."""

import os
import re
from collections.abc import Mapping
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from schemas.problems import SleepGuidanceError

PREFIX: Final = "SLEEP_GUIDANCE_"
_NAME: Final = re.compile(r"[a-z0-9.-]+|\[[0-9a-f:.]+\]")
_CONTACT: Final = re.compile(r"(mailto:|https://|tel:)[\x21-\x7e]+")
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
    trusted_proxies: Annotated[tuple[str, ...], NoDecode] = ()
    """The addresses or networks of proxies that are believed who a request comes from, with commas between them."""
    security_contact: str = ""
    """Where to report a weakness, as a URI such as mailto:security@example.org; /.well-known/security.txt says it."""
    workers: int = Field(default=1, ge=1, le=64)
    """How many processes serve; one that dies is replaced."""
    log: Literal["json", "off"] = "json"
    """Whether to write one line of JSON for each request to standard output."""

    @field_validator("cors_origins", "hosts", "trusted_proxies", mode="before")
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

    @field_validator("hosts")
    @classmethod
    def _names(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if not all(_NAME.fullmatch(name) for name in value):
            message = "each name must be like api.example.org, in small letters, without a scheme, port or path"
            raise ValueError(message)
        return value

    @field_validator("trusted_proxies")
    @classmethod
    def _networks(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for network in value:
            ip_network(network)  # what it says of a wrong one is clear enough
        return value

    @field_validator("security_contact")
    @classmethod
    def _contact(cls, value: str) -> str:
        if value and not _CONTACT.fullmatch(value):
            message = "it must be a URI that begins with mailto:, https:// or tel:"
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
