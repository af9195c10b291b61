"""Doorman: the page of one proposal."""

from django.contrib.auth.decorators import login_required
from django.shortcuts import render
from django.utils import timezone

from dossiers.pages import page_context
from proposals import reading
from proposals.views.writing import visible


@login_required
def detail(request, pk):
    """Status, content, what the Sở, the council and the city said, history, papers, remarks."""
    dossier = visible(request, pk)
    context = page_context(dossier, actor=request.actor, now=timezone.now())
    context |= reading.extras(dossier, context, actor=request.actor)
    return render(request, "proposals/detail.html", context)
