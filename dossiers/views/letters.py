"""The unit's signed letters: recorded with a sending, added after it, and a slip in them mended."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from dossiers import kinds, letters
from dossiers.forms import LetterCorrectForm, LetterForm, waiting_dossiers
from dossiers.letter_correcting import LetterMoved, correct_letter, letter_token, letter_words, may_correct
from dossiers.models import Letter
from dossiers.refusals import StepRefused
from dossiers.views.steps import after_step, refused_beforehand, step_page, visible_dossier
from records.dates import format_datetime
from records.files import FileRefused


@login_required
def sign(request, pk):
    """“Đã ký ban hành”: number, date, signer and signed PDF of one letter for one or several dossiers."""
    dossier = visible_dossier(request, pk)
    again = dossier.first_submitted_at is not None
    wanted = kinds.get(dossier.kind).process.step("record_signed_again" if again else "record_signed")
    others = waiting_dossiers(dossier, statuses=wanted.sources)
    return _letter_page(request, dossier, wanted=wanted, others=others)


@login_required
def letter(request, pk):
    """“Bổ sung số, ngày, bản ký số” after the leader has sent."""
    dossier = visible_dossier(request, pk)
    others = sorted(letters.waiting_for_letter(dossier.holder_id), key=lambda row: row.pk != dossier.pk)
    return _letter_page(request, dossier, wanted=None, others=others)


def _letter_page(request, dossier, *, wanted, others):
    kind, form, refused = kinds.get(dossier.kind), None, None
    if dossier not in others:
        if request.method == "POST" and (there := _last_letter(dossier)):
            return _there_already(request, dossier, wanted, there)
        refused = StepRefused(_not_waiting(dossier, kind, wanted))
    elif not request.actor.can_write_for(dossier.holder_id):
        refused = StepRefused("Việc này do văn thư hoặc người soạn thảo của đơn vị thực hiện.")
    else:
        posted = (request.POST, request.FILES) if request.method == "POST" else (None, None)
        form = LetterForm(*posted, dossiers=others, chosen=dossier, today=timezone.localdate())
        if request.method == "POST" and form.is_valid():
            done, refused = _try(request, dossier, form, wanted)
            if done:
                return done
        elif request.method == "GET" and wanted:
            refused = refused_beforehand(dossier, kind, wanted, request.actor)
    return step_page(request, "dossiers/letter.html", dossier, kind, step=wanted, form=form, refused=refused)


def _try(request, dossier, form, wanted):
    """(answer, None) when the letter was recorded, here or by the other of two clicks at once; else (None, refusal)."""
    try:
        _record(form, wanted, request.actor, timezone.now())
        return after_step(request, dossier, wanted), None
    except (StepRefused, FileRefused) as error:
        refused = error if isinstance(error, StepRefused) else StepRefused(str(error))
    dossier.refresh_from_db()
    gone = dossier.status not in wanted.sources if wanted else not dossier.needs_letter
    if gone and (there := _last_letter(dossier)):
        return _there_already(request, dossier, wanted, there), None
    return None, None if form.renew(refused) else refused


def _record(form, wanted, actor, now):
    if wanted:
        letters.send_signed(seen=form.seen(), actor=actor, now=now, **form.letter_arguments())
    else:
        letters.add_letter(actor=actor, now=now, **form.letter_arguments())


def _last_letter(dossier):
    item = dossier.letter_items.select_related("letter__recorded_by").order_by("-letter_id").first()
    return item.letter if item else None


def _there_already(request, dossier, wanted, there):
    """The letter has been recorded: by the other of two clicks, which is fine, or by a colleague with other words –
    then nothing typed is lost, it stands in the form that corrects."""
    form = LetterCorrectForm(request.POST, letter=there, today=timezone.localdate(), opens=dossier.round.opens_on)
    form.is_valid()
    typed = form.cleaned_data
    if typed.get("number") in (None, there.number) and typed.get("issued_on") in (None, there.issued_on):
        return after_step(request, dossier, wanted)
    who = f"{there.recorded_by.get_full_name()} đã ghi {letter_words(there)}, lúc {format_datetime(there.recorded_at)}"
    said = f"{who}. Nội dung vừa nhập chưa được ghi, vẫn còn ở bên dưới: nếu cần sửa theo đó, ghi lý do rồi lưu."
    names = ("number", "issued_on", "signer", "signer_text")
    initial = {name: request.POST.get(name, "") for name in names}
    form = LetterCorrectForm(letter=there, today=timezone.localdate(), opens=dossier.round.opens_on, initial=initial)
    return _correct_page(request, dossier, there, form, StepRefused(said), status=409)


def _not_waiting(dossier, kind, wanted):
    label = kind.process.status(dossier.status).label
    if wanted:
        return f"Hồ sơ đang ở trạng thái “{label}”. Trình ký trước, rồi ghi nhận “Đã ký ban hành”."
    there = _last_letter(dossier)
    if there is None:
        return f"Hồ sơ đang ở trạng thái “{label}”, chưa được gửi. Gửi hồ sơ trước, rồi ghi số, ngày, bản ký số."
    return (
        f"Hồ sơ đã có văn bản {letter_words(there)}. Cần sửa, mở hồ sơ và chọn “Sửa số, ngày, người ký” ở mục “Văn "
        "bản, tài liệu”."
    )


@login_required
def correct(request, pk, letter):
    """“Sửa số, ngày, người ký” with a reason; what stood before stays in history and trail."""
    dossier = visible_dossier(request, pk)
    rows = Letter.objects.filter(items__dossier=dossier).select_related("signer")
    there = get_object_or_404(rows, pk=letter)
    if not may_correct(dossier, request.actor):
        refused = StepRefused("Việc này do người soạn thảo, văn thư hoặc lãnh đạo của đơn vị giữ hồ sơ thực hiện.")
        return _correct_page(request, dossier, there, None, refused, status=200 if request.method == "GET" else 409)
    posted = request.POST if request.method == "POST" else None
    form = LetterCorrectForm(posted, letter=there, today=timezone.localdate(), opens=dossier.round.opens_on)
    refused = None
    if request.method == "POST" and form.is_valid():
        try:
            correct_letter(letter=there, actor=request.actor, now=timezone.now(), **form.arguments())
            messages.success(request, "Đã sửa số, ngày, người ký; nội dung trước khi sửa được giữ trong lịch sử hồ sơ.")
            return redirect(kinds.get(dossier.kind).path(dossier))
        except StepRefused as error:
            there.refresh_from_db()
            refused = None if form.renew(error, there if isinstance(error, LetterMoved) else None) else error
    return _correct_page(request, dossier, there, form, refused, status=409 if refused else 200)


def _correct_page(request, dossier, there, form, refused, *, status):
    kind = kinds.get(dossier.kind)
    context = {"dossier": dossier, "kind": kind, "letter": there, "form": form, "refused": refused}
    context |= {"words": letter_words(there), "seen": letter_token(there), "back": kind.path(dossier)}
    return render(request, "dossiers/letter_correct.html", context, status=status)
