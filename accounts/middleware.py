"""Puts ``request.actor`` beside ``request.user``."""

from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from accounts.roles import actor_for

UNIT_SESSION_KEY = "unit_id"


class ActorMiddleware:
    """``request.actor`` is ``None`` for visitors; for people it is read once, when first asked for."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.actor = SimpleLazyObject(lambda: self._actor(request)) if self._signed_in(request) else None
        return self.get_response(request)

    @staticmethod
    def _signed_in(request):
        return request.user.is_authenticated

    @staticmethod
    def _actor(request):
        actor = actor_for(request.user, today=timezone.localdate(), unit_id=request.session.get(UNIT_SESSION_KEY))
        request.user._cached_actor = actor
        return actor
