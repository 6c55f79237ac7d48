"""What is typed into the forms of trades."""

import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.journal.trades.cells import decimal_mark, number

MOST_TAGS, LONGEST_TAG = 8, 24
MINUTE = "%Y-%m-%dT%H:%M"


class DecimalText(forms.CharField):
    """An exact number; ``1,5`` and ``60,000`` are read as their writer means them."""

    def __init__(self, *, may_be_negative: bool = False, **wishes: Any) -> None:
        self.may_be_negative = may_be_negative
        entry = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
        super().__init__(max_length=40, widget=entry, **wishes)

    def clean(self, value: Any) -> Decimal | None:
        text = super().clean(value)
        try:
            found = number(text, decimal_mark([text]))
        except ValueError as error:
            raise ValidationError(_("This is not a number.")) from error
        if found is None and self.required:
            raise ValidationError(_("This is not a number."))
        if found is not None and found <= 0 and not self.may_be_negative:
            raise ValidationError(_("This must be more than nothing."))
        return found


class MomentField(forms.DateTimeField):
    """A minute on the reader's clock. As long as it is not touched it is the instant it was, to the
    millisecond, also in the hour that a clock shows twice."""

    def __init__(self, **wishes: Any) -> None:
        entry = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MINUTE)
        super().__init__(widget=entry, required=False, **wishes)
        self.was: datetime | None = None

    def begin_at(self, epoch_ms: int | None) -> None:
        """Say which instant it shows."""
        self.was = None if epoch_ms is None else datetime.fromtimestamp(epoch_ms / 1000, UTC)

    def to_python(self, value: Any) -> datetime | None:
        if self.was and value == timezone.localtime(self.was).strftime(MINUTE):
            return self.was
        return super().to_python(value)


class TagsField(forms.CharField):
    """Words with commas between them; kept in small letters, each once."""

    def clean(self, value: Any) -> str:
        words = [word.strip().lower() for word in re.split(r"[,;#]", super().clean(value))]
        words = list(dict.fromkeys(word for word in words if word))
        if len(words) > MOST_TAGS or any(len(word) > LONGEST_TAG for word in words):
            raise ValidationError(_("Eight tags of up to 24 letters are enough."))
        return ", ".join(words)
