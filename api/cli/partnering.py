"""Holds the command that makes a partner key. The key is shown once and kept nowhere."""

from pydantic import ValidationError

from api.cli.terminal import Terminal
from api.web.callers import hashed, new_key
from schemas.partners import Partner
from schemas.problems import ContentRefused, Fault


def new_partner(name: str, quota: str | None, terminal: Terminal) -> int:
    """Make a key for a partner: the key itself, and the line by which the file of partner keys knows it.

    Raises:
        ContentRefused: the name is no id, or the quota is none.

    """
    key = new_key()
    try:
        partner = Partner.model_validate(
            {"name": name, "sha256": hashed(key), **({} if quota is None else {"quota": quota})}
        )
    except ValidationError as error:
        raise ContentRefused(
            tuple(Fault("partner", f"/{fault['loc'][0]}", fault["msg"]) for fault in error.errors())
        ) from None
    terminal.write(f"For {name}, shown this once: Authorization: Bearer {key}")
    terminal.write(f"For the file of partner keys: {partner.model_dump_json()}")
    return 0
