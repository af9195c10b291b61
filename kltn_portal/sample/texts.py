"""Invented texts of sample proposals (topics after proposal_form.md 10)."""

PROPOSALS = (
    {
        "unit": "Xã Ứng Hòa",
        "theme": "Bảo vệ môi trường",
        "title": "Ứng dụng chế phẩm vi sinh xử lý rơm rạ sau thu hoạch tại xã Ứng Hòa",
        "until": "request_supplement",
    },
    {
        "unit": "Xã Ứng Hòa",
        "theme": "Ứng dụng, chuyển giao công nghệ",
        "title": "Số hóa quy trình nuôi vịt cỏ Vân Đình theo VietGAHP",
        "until": "start_review",
    },
    {
        "unit": "Xã Ứng Hòa",
        "theme": "Chuyển đổi số",
        "title": "Truy xuất nguồn gốc gạo chất lượng cao bằng mã QR",
        "until": "draft",
    },
    {
        "unit": "Xã Phú Xuyên",
        "theme": "Làng nghề",
        "title": "Xây dựng, quản lý và phát triển nhãn hiệu tập thể cho sản phẩm khảm trai Chuôn Ngọ",
        "until": "approve_and_send",
    },
    {
        "unit": "Xã Thanh Oai",
        "theme": "Ứng dụng, chuyển giao công nghệ",
        "title": "Mô hình sản xuất lúa chất lượng cao hữu cơ gắn truy xuất nguồn gốc",
        "until": "receive",
    },
    {
        "unit": "Xã Mỹ Đức",
        "theme": "Chuyển đổi số",
        "title": "Ứng dụng công nghệ số trong quản lý, quảng bá du lịch khu di tích Hương Sơn",
        "until": "record_approval",
    },
)

REQUESTED = (
    "Mục tiêu cần nêu con số đo được và thời điểm đạt.\nBổ sung phương án bố trí kinh phí từ nguồn ngoài ngân sách."
)


def sections(title) -> dict:
    """The seven sections of one sample proposal, as cleaned form data."""
    return {
        "basics": {"title": title, "science_fields": ["ky_thuat", "nong_nghiep"], "task_type": "ung_dung"},
        "grounds": {
            "grounds": "Kế hoạch phát triển kinh tế - xã hội của địa phương năm kế hoạch (dữ liệu mẫu).\n"
            "Ý kiến chỉ đạo của lãnh đạo địa phương tại hội nghị giao ban (dữ liệu mẫu).",
            "urgency": "Vấn đề đã kéo dài nhiều năm, ảnh hưởng trực tiếp đến đời sống và thu nhập của người dân. "
            "Địa phương đã thử một số biện pháp nhưng chưa có quy trình thống nhất (dữ liệu mẫu).",
        },
        "aims": {
            "general_aim": "Xây dựng và áp dụng được giải pháp phù hợp với điều kiện của địa phương.",
            "specific_aims": "Có 01 quy trình được nghiệm thu.\nÁp dụng tại ít nhất 05 thôn trong năm kế hoạch.",
            "main_contents": "Khảo sát hiện trạng.\nThử nghiệm giải pháp.\nXây dựng quy trình và tập huấn cho người dân.",
        },
        "results": {"effects": "Giảm chi phí cho hộ dân, giảm ô nhiễm môi trường, nhân rộng được (dữ liệu mẫu)."},
        "money": {"state_budget": "850", "other_budget": "150", "months": 18},
        "bodies": {
            "reception": "UBND xã tiếp nhận kết quả, giao phòng chuyên môn quản lý và hướng dẫn các thôn áp dụng."
        },
        "contacts": {"references": ""},
    }


PRODUCTS = (
    {
        "name": "Quy trình kỹ thuật",
        "form": "II",
        "unit_of_measure": "quy trình",
        "quantity": "1",
        "target": "Được hội đồng cấp cơ sở nghiệm thu",
    },
    {
        "name": "Mô hình trình diễn",
        "form": "I",
        "unit_of_measure": "ha",
        "quantity": "10",
        "target": "Áp dụng tại 05 thôn",
    },
)

NARRATIVE = {
    "I": "UBND xã đã ban hành kế hoạch triển khai và phân công các phòng, ban thực hiện (dữ liệu mẫu).",
    "II": "Các nhiệm vụ cơ bản hoàn thành theo kế hoạch; một số chỉ tiêu vượt kế hoạch (dữ liệu mẫu).",
    "III": "Ưu điểm: có sự vào cuộc của các thôn.\nTồn tại: nhân lực chuyển đổi số còn mỏng (dữ liệu mẫu).",
    "IV": "Tiếp tục nhân rộng mô hình, nâng tỷ lệ hồ sơ trực tuyến (dữ liệu mẫu).",
    "V": "Đề nghị Sở mở lớp tập huấn nghiệp vụ quản lý KH&CN (dữ liệu mẫu).",
}
