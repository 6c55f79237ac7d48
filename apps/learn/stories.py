"""What is told around each scenario: the brief's setup, the trade somebody made, and the lesson."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from apps.learn.scenarios import FEBRUARY, JANUARY, MARCH, Scenario


@dataclass(frozen=True, slots=True)
class Story:
    """Words of one scenario, in the order in which they are shown."""

    scenario: Scenario
    title: Any
    kind: Any
    setup: Any
    question: Any
    trade: Any
    result: Any
    lesson: Any

    @property
    def slug(self) -> str:
        """The last part of its address."""
        return self.scenario.slug

    @property
    def page_name(self) -> str:
        """The name of its page's address."""
        return f"learn-{self.slug}"

    @property
    def frame_name(self) -> str:
        """The name of its frame's address."""
        return f"learn-{self.slug}-frame"


STORIES = (
    Story(
        scenario=JANUARY,
        title=_("January cascade"),
        kind=_("stacked longs"),
        setup=_(
            "Two dense bands of longs lie stacked below the price: one at S$123,000–125,500, "
            "another at S$119,000–121,000. Together they hold over S$620M, all within 7 %."
        ),
        question=_("If the first band is reached, what happens to the second?"),
        trade=_("Short at S$127,800, stop above S$130,000, target S$120,500."),
        result=_(
            "At 03:40 the price touched S$125,200 and the first band began to close. Forced "
            "selling carried it through the second in 22 minutes, to S$119,800. The short was at "
            "its target in under four hours."
        ),
        lesson=_(
            "The map did not foresee the first dip. It showed what would follow if the first band "
            "was reached. That conditional read is what it is good for."
        ),
    ),
    Story(
        scenario=FEBRUARY,
        title=_("February squeeze"),
        kind=_("one-sided shorts"),
        setup=_(
            "Hardly any longs lie below S$4,850, but a bright band of shorts waits above, at "
            "S$5,100–5,300."
        ),
        question=_("On which side is there fuel, and what would light it?"),
        trade=_("Long at S$4,870, stop S$4,680, target S$5,250."),
        result=_(
            "Spot buyers lifted the price through S$5,100. Within 45 minutes about S$180M of "
            "shorts had to buy back. The price touched S$5,340 and then came back."
        ),
        lesson=_(
            "Maps work for squeezes as for flushes. The asymmetry was the read: much fuel above, "
            "hardly any below. The spark came from spot."
        ),
    ),
    Story(
        scenario=MARCH,
        title=_("March false signal"),
        kind=_("a magnet that failed"),
        setup=_(
            "A bright band of longs at S$130,000–131,000, 3 % below S$135,000. It looks like a "
            "magnet."
        ),
        question=_("Who could be buying on the way down?"),
        trade=_("Short at S$134,200, into the band. Stop S$136,000, target S$130,500."),
        result=_(
            "The price fell to S$131,800, close to the band, and turned hard: spot buyers took all "
            "that was sold. Within six hours it was back at S$136,000. The short lost."
        ),
        lesson=_(
            "Clusters are fuel, not ignition. Where spot buys enough, nothing burns. Read the "
            "order book, cumulative volume delta and funding beside the map."
        ),
    ),
)


def story_of(slug: str) -> Story:
    """The story of that address; ``KeyError`` for another one."""
    return {story.slug: story for story in STORIES}[slug]


def after(story: Story) -> Story:
    """The next story; after the last one the first."""
    return STORIES[(STORIES.index(story) + 1) % len(STORIES)]
