"""What the survey engine stores."""

from .open_answer import OpenAnswer, UnsortedAnswers
from .response import Response
from .survey import Survey, SurveyVersion

__all__ = ["OpenAnswer", "Response", "Survey", "SurveyVersion", "UnsortedAnswers"]
