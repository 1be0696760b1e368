"""Holds every setting, read from the environment with the prefix SLEEP_GUIDANCE_. Refuses what it does not know."""

import os
import re
from collections.abc import Mapping
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Any, Final, Literal, NamedTuple

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from schemas.describing import Described
from schemas.partners import QUOTA
from schemas.problems import SleepGuidanceError, UpstreamUnusable

PREFIX: Final = "SLEEP_GUIDANCE_"
MOST_PORT: Final = 65535
_CONTACT: Final = re.compile(r"(mailto:|https://|tel:)[\x21-\x7e]+")
ROOT: Final = Path(__file__).parent.parent
"""The folder that holds `api/` and `data/`."""


class SettingsRefused(SleepGuidanceError):
    """A setting is not known or has a value that cannot be used; the message says which and why, one a line."""


class Settings(Described, BaseSettings):
    """How the service runs. Every field is the environment variable of its name in capitals behind the prefix."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid")

    host: str = "127.0.0.1"
    """The address to listen on; 0.0.0.0 for all."""
    port: int = Field(default=8000, ge=1, le=MOST_PORT)
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
    hosts: Annotated[tuple[str, ...], NoDecode] = ()
    """The names under which the service answers, with commas between them; where left out any, but /mcp localhost."""
    trusted_proxies: Annotated[tuple[str, ...], NoDecode] = ()
    """The addresses or networks of proxies that are believed who a request comes from, with commas between them."""
    security_contact: str = ""
    """Where to report a weakness, as a URI such as mailto:security@example.org; /.well-known/security.txt says it."""
    workers: int = Field(default=1, ge=1, le=64)
    """How many processes serve; one that dies is replaced."""
    log: Literal["json", "off"] = "json"
    """Whether to write one line of JSON for each request to standard output."""
    quota_reads: str = "off"
    """How many reads each caller may send in which time, such as 600/minute, or off."""
    quota_checks: str = "off"
    """How many checks each caller may send in which time, such as 300/minute, or off."""
    quota_partners: str = "off"
    """The quota of a partner whose key names none, for reads and again for checks."""
    quota_storage: str = "memory"
    """Where requests are counted: in the memory of each worker, or in a Redis that several share (redis://HOST:PORT)."""
    partner_keys: Path | None = None
    """A file of partner keys; where it is left out there are no partners, and no key is looked at."""
    metrics: str = "on"
    """Whether /metrics is served: on, off, or alone at HOST:PORT."""
    traces: str = "off"
    """The OTLP/HTTP address to which a span for each request goes, such as http://127.0.0.1:4318/v1/traces, or off."""

    @field_validator("quota_reads", "quota_checks", "quota_partners")
    @classmethod
    def _quota(cls, value: str) -> str:
        return _of_form(value, rf"off|{QUOTA}", "it must be off or like 600/minute; second and hour are known too")

    @field_validator("quota_storage")
    @classmethod
    def _storage(cls, value: str) -> str:
        return _of_form(value, r"memory|rediss?://[^\s/]\S*", "it must be memory or like redis://127.0.0.1:6379")

    @field_validator("traces")
    @classmethod
    def _collector(cls, value: str) -> str:
        return _of_form(value, r"off|https?://[^\s/]\S*", "it must be off or like http://127.0.0.1:4318/v1/traces")

    @field_validator("metrics")
    @classmethod
    def _place(cls, value: str) -> str:
        if value not in {"on", "off"}:
            read_place(value)
        return value

    @field_validator("cors_origins", "hosts", "trusted_proxies", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @field_validator("upstream")
    @classmethod
    def _address(cls, value: str) -> str:
        if not value:
            return value
        from api.mirror.fetching import read_address  # noqa: PLC0415 -- loads what speaks to a network, needed by few

        try:
            return read_address(value)
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

    @field_validator("hosts")
    @classmethod
    def _hosts(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if not all(re.fullmatch(r"[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\]", host) for host in value):
            message = "each host must be a name like guidance.example.org, without scheme, port or path"
            raise ValueError(message)
        return tuple(host.lower() for host in value)


def _of_form(value: str, form: str, message: str) -> str:
    if re.fullmatch(form, value) is None:
        raise ValueError(message)
    return value


class Place(NamedTuple):
    """Where to listen."""

    host: str
    port: int


def read_place(text: str) -> Place:
    """Read HOST:PORT; an IPv6 address stands in brackets.

    Raises:
        ValueError: it is not of this form.

    """
    host, _, port = text.rpartition(":")
    if not host or not (port.isascii() and port.isdecimal() and 1 <= int(port) <= MOST_PORT):
        message = "it must be on, off or HOST:PORT"
        raise ValueError(message)
    return Place(host.removeprefix("[").removesuffix("]"), int(port))


def guards(settings: Settings) -> bool:
    """Tell whether anything is held to a quota or a key."""
    return settings.partner_keys is not None or (settings.quota_reads, settings.quota_checks) != ("off", "off")


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
