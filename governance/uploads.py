"""Files that people attach: what may come in, judged by content and never by name alone."""

import hashlib
import zipfile
from dataclasses import dataclass

from django.core.exceptions import ValidationError

LARGEST = 20 * 1024 * 1024
MOST = 20

SIGNATURES = (
    (b"\xff\xd8\xff", "image/jpeg", {"jpg", "jpeg"}),
    (b"\x89PNG\r\n\x1a\n", "image/png", {"png"}),
    (b"GIF8", "image/gif", {"gif"}),
    (b"RIFF", "image/webp", {"webp"}),
    (b"%PDF-", "application/pdf", {"pdf"}),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole", {"doc", "xls", "wps", "et"}),
)
OFFICE = {
    "word/": ("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "xl/": ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}
EXPECTED = "只接受图片(JPG、PNG、GIF、WebP)、PDF、Word、Excel 文件。"


@dataclass(frozen=True)
class Checked:
    """What is known of an upload once it has passed."""

    name: str
    media_type: str
    size: int
    sha256: str


def check(upload) -> Checked:
    """Judge one upload.

    Raises:
        ValidationError: too large, empty, or not what its name says (Chinese, names the file).
    """
    name = clean_name(upload.name)
    if upload.size > LARGEST:
        raise ValidationError(f"“{name}”超过 {LARGEST // 1024 // 1024} MB。")
    if not upload.size:
        raise ValidationError(f"“{name}”是空文件。")
    media_type, endings = kind_of(upload)
    ending = name.rpartition(".")[2].lower()
    if ending not in endings:
        raise ValidationError(
            f"“{name}”的内容与扩展名不符。{EXPECTED}"
            if endings
            else f"“{name}”的类型不能上传。{EXPECTED}"
        )
    upload.seek(0)
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    upload.seek(0)
    return Checked(name, media_type, upload.size, digest.hexdigest())


def again(files) -> str:
    """Which files a person has to choose once more: no browser keeps them in a form.

    Args:
        files: the files of a request (MultiValueDict); empty gives an empty sentence.
    """
    names = [clean_name(one.name) for _, uploads in files.lists() for one in uploads]
    if not names:
        return ""
    more = f"等 {len(names)} 个文件" if len(names) > 5 else ""
    return f"附件没有保留,提交前请重新选择:{'、'.join(names[:5])}{more}。"


def clean_name(name: str) -> str:
    """The last part of a path, without control signs, at most 150 characters, ending kept."""
    name = name.replace("\\", "/").rpartition("/")[2]
    name = "".join(sign for sign in name if sign.isprintable()).strip(". ") or "附件"
    stem, dot, ending = name.rpartition(".")
    if len(name) > 150 and dot and len(ending) <= 10:
        return f"{stem[: 149 - len(ending)]}.{ending}"
    return name[:150]


def kind_of(upload) -> tuple[str, set[str]]:
    """Media type and the name endings that go with it; ("", set()) for what is not accepted."""
    upload.seek(0)
    head = upload.read(16)
    for signature, media_type, endings in SIGNATURES:
        if head.startswith(signature):
            if media_type == "image/webp" and head[8:12] != b"WEBP":
                return "", set()
            return media_type, endings
    if head.startswith(b"PK\x03\x04"):
        return office_kind(upload)
    return "", set()


def office_kind(upload) -> tuple[str, set[str]]:
    """Word and Excel files are zip archives with a known folder and without macros."""
    upload.seek(0)
    try:
        names = zipfile.ZipFile(upload).namelist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return "", set()
    if any(name.endswith("vbaProject.bin") for name in names):
        return "", set()
    for folder, (ending, media_type) in OFFICE.items():
        if any(name.startswith(folder) for name in names):
            return media_type, {ending}
    return "", set()
