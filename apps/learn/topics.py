"""The short pages that teach reading, in the order in which they are best read."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Topic:
    """One page: ``query`` chooses the live picture that it teaches on."""

    slug: str
    title: Any
    teaser: Any
    query: str = ""

    @property
    def template(self) -> str:
        """The page's words."""
        return f"learn/{self.slug}.html"

    @property
    def page_name(self) -> str:
        """The name of its page's address."""
        return f"learn-{self.slug}"


TOPICS = (
    Topic("reading", _("Read the map"), _("Brightness, the two magnets, and the right edge.")),
    Topic(
        "types", _("Five kinds of map"), _("Live, historical, venue, age, net: when to use which.")
    ),
    Topic(
        "limits", _("What it does not show"), _("Spot, hidden orders, timing, closed positions.")
    ),
    Topic("misreads", _("Common misreads"), _("Fuel is not ignition, and bright is not soon.")),
    Topic("model", _("How the map is made"), _("Four steps, with the simple formula and ours.")),
    Topic(
        "workflow", _("Build a workflow"), _("Five steps from first look to fifty logged reads.")
    ),
)


def topic_of(slug: str) -> Topic:
    """The topic of that address; ``KeyError`` for another one."""
    return {topic.slug: topic for topic in TOPICS}[slug]


def after(topic: Topic) -> Topic | None:
    """The next topic, None after the last one."""
    following = TOPICS.index(topic) + 1
    return TOPICS[following] if following < len(TOPICS) else None
