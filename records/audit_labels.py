"""How the audit trail names what was done and what is said about it.

A law test finds every code and every key that is written and asks for its name here.
"""

LABELS = {
    "account.changed": "Sửa thông tin tài khoản của mình",
    "account.invited": "Gửi thư mời mở tài khoản",
    "account.locked": "Tạm khóa đăng nhập do nhập sai nhiều lần",
    "account.password_changed": "Đổi mật khẩu",
    "account.reset_asked": "Yêu cầu đặt lại mật khẩu",
    "account.sign_in_failed": "Đăng nhập không thành công",
    "account.signed_in": "Đăng nhập",
    "admin.added": "Thêm dữ liệu trên trang quản trị",
    "admin.changed": "Sửa dữ liệu trên trang quản trị",
    "calendar.created": "Tạo địa chỉ lịch việc cần làm",
    "calendar.revoked": "Ngừng địa chỉ lịch việc cần làm",
    "chasing.mistaken": "Đánh dấu đôn đốc ghi nhầm",
    "chasing.noted": "Ghi nhận đôn đốc",
    "dossier.assigned": "Giao hồ sơ cho chuyên viên",
    "file.read": "Tải tệp",
    "hold.lifted": "Bỏ tạm dừng nhắc",
    "hold.made": "Tạm dừng nhắc",
    "letter.corrected": "Sửa số, ngày, người ký của văn bản đã ghi",
    "mail.arrived": "Ghi nhận thư đã đến",
    "mail.bounced": "Ghi nhận thư không đến",
    "mail.retry": "Gửi lại thư chưa gửi được",
    "mail.send_anew": "Gửi lại thư chưa rõ đã đến",
    "mail_text.changed": "Sửa lời thư",
    "membership.added": "Thêm vai trò",
    "membership.ended": "Kết thúc vai trò",
    "obligation.closed": "Kết thúc nghĩa vụ báo cáo",
    "obligation.declared": "Đơn vị báo đã gửi qua hệ thống văn bản",
    "obligation.declaration_corrected": "Đơn vị sửa số, ngày văn bản đã báo",
    "obligation.declaration_withdrawn": "Đơn vị rút lại số văn bản đã báo",
    "obligation.extended": "Gia hạn gửi báo cáo",
    "obligation.moved": "Chuyển trách nhiệm báo cáo",
    "obligation.not_arrived": "Sở báo chưa nhận được văn bản",
    "obligation.paper": "Ghi nhận đã nhận qua hệ thống văn bản",
    "obligation.paper_corrected": "Sửa số đến, ngày đến",
    "round.moved": "Dời hạn gửi",
    "signer.added": "Thêm người ký",
    "signer.ended": "Kết thúc quyền ký",
}

# Keys of ``detail``, also of the values inside it.
DETAILS = {
    "address": "Địa chỉ thư",
    "after": "Sau khi đổi",
    "arrived_on": "Ngày đến",
    "assignee": "Giao cho",
    "before": "Trước khi đổi",
    "changes": "Nội dung đã đổi",
    "counted_on": "Ngày tính đúng hạn",
    "days_late": "Số ngày quá hạn",
    "decided_by": "Người quyết định",
    "due_on": "Hạn gửi",
    "duty": "Mã việc",
    "email": "Thư điện tử",
    "error": "Lỗi trước đó",
    "from": "Từ",
    "full_name": "Họ và tên",
    "grace_until": "Châm chước đến hết ngày",
    "grounds": "Căn cứ",
    "hold": "Mã lần tạm dừng",
    "is": "Nay là",
    "issued_on": "Ngày văn bản",
    "key": "Mã lời thư",
    "locks_on": "Khóa sau ngày",
    "note": "Ghi chú",
    "number": "Số, ký hiệu",
    "phone": "Điện thoại",
    "post": "Chức vụ",
    "reason": "Lý do",
    "resolution": "Văn bản làm căn cứ",
    "shift_due": "Gặp ngày nghỉ thì tính đến ngày làm việc kế tiếp",
    "signer": "Người ký",
    "since": "Từ ngày",
    "text": "Lời thư",
    "to": "Sang",
    "units": "Các đơn vị",
    "until": "Đến hết ngày",
    "valid_to": "Đến hết ngày",
    "was": "Trước là",
    "weekly_mail": "Nhận thư tuần",
    "words": "Nội dung",
}
_MAIL_STATES = {
    "queued": "Chờ gửi",
    "sending": "Đang gửi",
    "sent": "Đã gửi",
    "failed": "Không gửi được",
    "unknown": "Chưa rõ",
    "superseded": "Không còn cần",
}
# Values that are codes, by the key they stand under.
VALUES = {"from": _MAIL_STATES, "to": _MAIL_STATES, "assignee": {None: "bỏ giao, chưa có ai"}}


def action_label(code: str) -> str:
    """The name of an action; a code of an earlier version that has none is shown as it is."""
    return LABELS.get(code, code)
