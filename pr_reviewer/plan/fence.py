"""A fence around untrusted text that nobody inside it can close.

The tag holds the SHA-256 of the fenced text itself. A text would have to contain its own digest to forge the end of
its fence, and the same text always has the same fence, so that a prompt keeps its bytes and its cached prefix.
"""

from hashlib import sha256


def fence(text: str, label: str) -> str:
    """`text` between an opening and a closing tag of its own. `label` is ours: a plain word or two."""
    tag = f"data-{sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()}"
    return f'<{tag} holds="{label}">\n{text}\n</{tag}>'
