"""Pages of the portal as a whole."""

from django.shortcuts import render


def home(request):
    return render(request, "home.html")


def guide(request):
    return render(request, "guide.html")


def outbox(request):
    return render(request, "outbox.html")


def outbox_mail(request, name):
    return render(request, "outbox.html")
