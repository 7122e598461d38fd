"""What the survey engine stores."""

from .response import Response
from .survey import Survey, SurveyVersion

__all__ = ["Response", "Survey", "SurveyVersion"]
