"""Everything a person owns here, as one file; each app adds its part when the site starts."""

import json
from collections.abc import Callable
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

from apps.accounts.models import User
from apps.accounts.preferences import get_preferences_for

Part = Callable[[User], Any]

_parts: dict[str, Part] = {}


def add_part(name: str, part: Part) -> None:
    """Put what ``part`` gives for a person under ``name``: lists, dicts, text, numbers, instants.

    Never a secret: no password, no key of a device, no code.
    """
    _parts[name] = part


def part_names() -> list[str]:
    """What an export holds."""
    return sorted(_parts)


def everything_of(user: User) -> str:
    """The person's data as JSON, in the order of the parts' names."""
    told = {name: _parts[name](user) for name in part_names()}
    return json.dumps(told, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)


def account_of(user: User) -> dict[str, Any]:
    preferences = get_preferences_for(user)
    return {
        "username": user.get_username(),
        "email_addresses": [
            {"email": address.email, "verified": address.verified}
            for address in user.emailaddress_set.order_by("pk")
        ],
        "joined": user.date_joined,
        "last_sign_in": user.last_login,
        "second_factors": [
            {"type": factor.type, "made": factor.created_at}
            for factor in user.authenticator_set.order_by("pk")
        ],
        "preferences": {
            field.name: getattr(preferences, field.name)
            for field in preferences._meta.concrete_fields
            if field.name != "user"
        },
    }
