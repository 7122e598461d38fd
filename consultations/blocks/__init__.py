"""The agent's whole palette, one module per kind of block."""

from wagtail import blocks

from .debate import DebateBlock, DebateResultsBlock
from .editorial import (
    CalloutBlock,
    DocumentBlock,
    FaqBlock,
    PictureBlock,
    QuoteBlock,
    TextBlock,
)
from .follow_up import (
    CommitmentCardBlock,
    CommitmentsBlock,
    KeyFiguresBlock,
    OfficialAnswersBlock,
    TimelineBlock,
    ToldAndDoneBlock,
)
from .map import MapBlock, MapResultsBlock
from .results import ResultsBlock
from .survey import SurveyBlock


class BodyBlock(blocks.StreamBlock):
    """What the body of a consultation page may be made of."""

    text = TextBlock()
    picture = PictureBlock()
    document = DocumentBlock()
    quote = QuoteBlock()
    callout = CalloutBlock()
    faq = FaqBlock()
    survey = SurveyBlock()
    results = ResultsBlock()
    debate = DebateBlock()
    debate_results = DebateResultsBlock()
    map = MapBlock()
    map_results = MapResultsBlock()
    timeline = TimelineBlock()
    commitment_card = CommitmentCardBlock()
    told_and_done = ToldAndDoneBlock()
    official_answers = OfficialAnswersBlock()
    commitments = CommitmentsBlock()
    key_figures = KeyFiguresBlock()


__all__ = ["BodyBlock"]
