"""The one rule for passwords that Django does not bring: an end to their length."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from apps.accounts.models import User


class MaximumLengthValidator:
    """Refuse a password that only serves to keep the hasher busy."""

    def __init__(self, max_length: int = 128) -> None:
        self.max_length = max_length

    def validate(self, password: str, user: User | None = None) -> None:
        if len(password) > self.max_length:
            raise ValidationError(self.get_help_text(), code="password_too_long")

    def get_help_text(self) -> str:
        return _("Your password can have at most %d characters.") % self.max_length
