"""Calls about the session."""

from django.urls import path

from accounts.api.cases import CaseMessagesView, CasesView, CaseView
from accounts.api.message_events import MessageEventsView
from accounts.api.views import ChallengeView, CodeView, SessionView
from accounts.converters import register_case

register_case()

urlpatterns = [
    path("cases/", CasesView.as_view(), name="cases"),
    path("cases/<case:reference>/", CaseView.as_view(), name="case"),
    path("cases/<case:reference>/messages/", CaseMessagesView.as_view(), name="case-messages"),
    path("session/", SessionView.as_view(), name="session"),
    path("session/challenge/", ChallengeView.as_view(), name="session-challenge"),
    path("session/code/", CodeView.as_view(), name="session-code"),
    path("messages/events/", MessageEventsView.as_view(), name="message-events"),
]
