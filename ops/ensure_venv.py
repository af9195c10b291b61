"""Make a virtual environment hold exactly a locked requirements file: ``ensure_venv.py FOLDER REQUIREMENTS``.

Runs on the bare system Python (standard library only). A stamp of the file's checksum and the Python version
makes every later call a matter of milliseconds.
"""

import hashlib
import os
import subprocess
import sys
from pathlib import Path


def stamp_of(requirements):
    """What the environment must have been made from: Python version and checksum of the lock file."""
    version = ".".join(map(str, sys.version_info[:3]))
    return f"{version} {hashlib.sha256(Path(requirements).read_bytes()).hexdigest()}\n"


def is_current(folder, wanted):
    """Whether ``folder`` was made from ``wanted`` and its Python still starts."""
    stamp = folder / "stamp"
    return stamp.exists() and stamp.read_text() == wanted and os.access(folder / "bin" / "python", os.X_OK)


def run(argv, refusal):
    """Run a step of the installation; leave with the Vietnamese sentence when it fails."""
    try:
        code = subprocess.run(argv).returncode
    except KeyboardInterrupt:
        sys.exit(130)
    if code:
        sys.exit(refusal)


def main(folder, requirements):
    """Create or renew the environment in ``folder``; does nothing when it is current."""
    if sys.version_info < (3, 11):
        sys.exit("Cần Python 3.11 trở lên. Cài bằng lệnh «sudo apt install python3 python3-venv», rồi thực hiện lại.")
    folder, wanted = Path(folder), stamp_of(requirements)
    if is_current(folder, wanted):
        return
    print(f"Đang cài các thư viện vào {folder} (chỉ khi chạy lần đầu hoặc khi {requirements} thay đổi)…", flush=True)
    run(
        [sys.executable, "-m", "venv", "--clear", str(folder)],
        "Chưa tạo được môi trường Python. Cài bằng lệnh «sudo apt install python3-venv», rồi thực hiện lại.",
    )
    pip = [str(folder / "bin" / "python"), "-m", "pip", "-qq", "--disable-pip-version-check", "--no-input"]
    run(
        [*pip, "install", "--require-hashes", "--no-compile", "-r", requirements],
        "Chưa cài được các thư viện. Kiểm tra kết nối mạng tới kho thư viện Python (PyPI), rồi thực hiện lại.",
    )
    (folder / "stamp").write_text(wanted)


if __name__ == "__main__":
    main(*sys.argv[1:])
