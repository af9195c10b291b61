"""Signing in and out."""

from django.conf import settings
from django.contrib.auth.views import LogoutView, RedirectURLMixin
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import FormView

from accounts import resuming
from accounts.forms import LoginForm
from accounts.samples import existing_sample_logins
from accounts.signin import SignInRefused, sign_in


@method_decorator([sensitive_post_parameters("password"), never_cache], name="dispatch")
class LoginView(RedirectURLMixin, FormView):
    """The sign-in page; ``next`` is followed only to an address of the portal."""

    template_name = "accounts/login.html"
    form_class = LoginForm

    def dispatch(self, request, *args, **kwargs):
        if request.user.is_authenticated:
            return HttpResponseRedirect(self.get_success_url())
        return super().dispatch(request, *args, **kwargs)

    def form_valid(self, form):
        try:
            user = sign_in(self.request, now=timezone.now(), **form.cleaned_data)
        except SignInRefused as refusal:
            form.add_error(None, str(refusal))
            return self.form_invalid(form)
        # The default address depends on who has just come in.
        return HttpResponseRedirect(self.get_redirect_url() or start_page(user))

    def get_default_redirect_url(self):
        return start_page(self.request.user)

    def get_context_data(self, **kwargs):
        samples = existing_sample_logins() if settings.DEMO else []
        more = {"next": self.get_redirect_url(), "sample_logins": samples, "waiting": resuming.waiting(self.request)}
        return super().get_context_data(**kwargs) | more


def start_page(user) -> str:
    """People of the Sở begin at their queue, everybody else at "Việc cần làm"."""
    return reverse("admin:index") if user.is_staff else reverse("home")


class SignOutView(LogoutView):
    """By POST only, so that no link or picture can sign somebody out."""

    http_method_names = ["post", "options"]
