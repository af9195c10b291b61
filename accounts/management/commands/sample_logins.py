"""Print one sign-in per role, for the end of `make run`."""

from django.core.management.base import BaseCommand

from accounts.samples import existing_sample_logins


class Command(BaseCommand):
    help = "In tài khoản dùng thử, mỗi vai trò một dòng; không in gì nếu không có dữ liệu mẫu."

    def handle(self, *args, **options):
        rows = existing_sample_logins()
        if not rows:
            return
        widths = [max(len(row[column]) for row in rows) for column in (0, 1)]
        self.stdout.write("Tài khoản dùng thử (vai trò, tên đăng nhập, mật khẩu):")
        for role, username, password in rows:
            self.stdout.write(f"  {role:<{widths[0]}}  {username:<{widths[1]}}  {password}")
