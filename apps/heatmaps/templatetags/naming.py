"""Names for what a page may send."""

from uuid import UUID, uuid4

from django import template

register = template.Library()


@register.simple_tag
def new_name() -> UUID:
    """A name for something to come: sent twice under it, it is kept once."""
    return uuid4()
