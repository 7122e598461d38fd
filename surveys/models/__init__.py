"""What the survey engine stores."""

from .answer_file import AnswerFile
from .draft import Draft
from .export import Export
from .given_email import GivenEmail
from .keyed_sheet import KeyedSheet, SecondKeying, SheetSample
from .kiosk import Kiosk
from .open_answer import OpenAnswer, UnsortedAnswers
from .response import Response
from .survey import Survey, SurveyVersion

__all__ = [
    "AnswerFile",
    "Draft",
    "Export",
    "GivenEmail",
    "KeyedSheet",
    "Kiosk",
    "OpenAnswer",
    "Response",
    "SecondKeying",
    "SheetSample",
    "Survey",
    "SurveyVersion",
    "UnsortedAnswers",
]
