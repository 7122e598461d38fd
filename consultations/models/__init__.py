"""What agents publish."""

from .pages import ConsultationIndexPage, ConsultationPage

__all__ = ["ConsultationIndexPage", "ConsultationPage"]
