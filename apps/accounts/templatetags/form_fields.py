"""Form fields as this site draws them: a label, one control, its help and its errors."""

from django import template
from django.forms import BoundField, CheckboxInput
from django.utils.safestring import SafeString

register = template.Library()


@register.filter
def is_tick(field: BoundField) -> bool:
    """Whether it is one box to tick, which stands before its words."""
    return isinstance(field.field.widget, CheckboxInput)


@register.filter
def plain_input(field: BoundField) -> SafeString:
    """The control without a placeholder: its label already says what it is for."""
    return field.as_widget(attrs={"placeholder": ""} if "placeholder" in field.field.widget.attrs
                           else None)  # fmt: skip
