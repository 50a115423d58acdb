"""Private keys: the one kind of secret that spans lines, or stands on one line with escaped line ends in it."""

import re

from pr_reviewer.model.code import Secret

KIND = "private key"
_PLACEHOLDER = f"[masked {KIND}]"
_BEGIN = re.compile(r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----|\bPrivate-Lines: \d+")
_END = re.compile(r"-----END [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----|\bPrivate-MAC:")
_ONE_LINE = re.compile(r"(-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----)(.*?)(-----END |$)")
_BASE64_RUN = re.compile(r"[A-Za-z0-9+/=]{24,}")
_BASE64 = re.compile(r"[A-Za-z0-9+/=]*")
_HEADER = re.compile(r"^\W*(?:Proc-Type|DEK-Info|Version|Comment|Hash|Charset): ?")
_AROUND = " \t\r\f\v\"'`#*>|,;()+-"  # what stands around a key's line when the key is written as code


def mask_private_keys(lines: list[str]) -> list[Secret]:
    """Mask the body of every private key, in place, line by line; the BEGIN and END lines stay."""
    secrets: list[Secret] = []
    is_inside = False
    for index, line in enumerate(lines):
        masked = line
        if (begin := _BEGIN.search(line)) is not None:
            masked = _ONE_LINE.sub(_mask_rest, line)
            is_inside = not _END.search(line, begin.end()) and (masked != line or _has_body(lines, index))
        elif is_inside:
            is_inside = _is_key_material(line)
            masked = _mask_body(line) if is_inside else line
        if masked != line:
            lines[index] = masked
            secrets.append(Secret(index + 1, KIND))
    return secrets


def _mask_body(line: str) -> str:
    """The line without its content, with what stands around it in code: indentation, quotes, a plus sign."""
    content = _content(line)
    return line.replace(content, _PLACEHOLDER, 1) if content and _PLACEHOLDER not in line else line


def _mask_rest(found: re.Match[str]) -> str:
    begin, body, end = found.groups()
    return f"{begin}{_PLACEHOLDER}{end}" if _BASE64_RUN.search(body) else found.group()


def _has_body(lines: list[str], begin: int) -> bool:
    """Whether key material follows; code that merely knows the BEGIN line is not touched."""
    for line in lines[begin + 1 : begin + 8]:
        if _BASE64_RUN.search(line) or _PLACEHOLDER in line:
            return True
        if line.strip() and not _HEADER.match(line):
            return False
    return False


def _is_key_material(line: str) -> bool:
    if _END.search(line):
        return False
    is_known = _BASE64_RUN.search(line) or _HEADER.match(line) or _BASE64.fullmatch(_content(line))
    return is_known is not None or _PLACEHOLDER in line


def _content(line: str) -> str:
    return line.strip(_AROUND).removesuffix("\\n").removesuffix("\\r")
