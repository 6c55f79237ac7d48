"""Form fields as this site draws them: a label, one control, its help and its errors."""

from django import template
from django.forms import BoundField, CheckboxInput
from django.utils.safestring import SafeString

register = template.Library()

# The first that is found counts: every browser also claims to be its ancestors.
PROGRAMS = (
    ("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"), ("FxiOS", "Firefox"), ("CriOS", "Chrome"), ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)  # fmt: skip
SYSTEMS = (
    ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"),
    ("Mac OS", "Mac"), ("Linux", "Linux"),
)  # fmt: skip


@register.filter
def is_tick(field: BoundField) -> bool:
    """Whether it is one box to tick, which stands before its words."""
    return isinstance(field.field.widget, CheckboxInput)


@register.filter
def plain_input(field: BoundField) -> SafeString:
    """The control without a placeholder: its label already says what it is for."""
    return field.as_widget(attrs={"placeholder": ""} if "placeholder" in field.field.widget.attrs
                           else None)  # fmt: skip


@register.filter
def says_optional(field: BoundField) -> bool:
    """Whether the label should add that it may be left out; some labels say so themselves."""
    return not (field.field.required or is_tick(field) or "(" in str(field.label))


@register.filter
def browser_name(user_agent: str) -> str:
    """What a reader calls the program: ``Firefox · Android``; the text itself if it is unknown."""
    program = next((name for mark, name in PROGRAMS if mark in user_agent), user_agent[:40])
    system = next((name for mark, name in SYSTEMS if mark in user_agent), "")
    return " · ".join(word for word in (program, system) if word)
