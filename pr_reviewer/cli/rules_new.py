"""The template that `rules new` prints: a whole rule with its examples, and a comment beside each choice."""

import re

from pr_reviewer.model.errors import UsageError

_ID = re.compile(r"\w[\w./-]{0,99}", re.ASCII)
_TEMPLATE = """\
<!-- Save this as best_practices.md at the top of your repository, or in the folder that it is about.
     `pr-reviewer rules check` says what is wrong with it. Comments such as this one are not read. -->

## Ask the clock for a time with a zone {#@ID@}

`datetime.now()` is the time of whatever machine the code happens to run on. Say what goes wrong otherwise, and what to
do instead: a rule that names the reason is kept, and a model judges better by it.

```yaml rule
# Every line here is optional. Without a pattern, a model judges by the text above and the examples below.
languages: [python]       # a pattern needs them
# paths: ["services/**"]  # globs as in .gitignore; the last one that matches decides, "!tests/" takes out
# changes: [added]        # only files that are added, modified, renamed, …
severity: warning         # error, warning or note
# category: style         # general, style or security
# enforcement: required   # advisory; required: a finding is an error and cannot be silenced; off: needs a reason
# reason: "Why it is off"
pattern: datetime.now()   # code with $NAME for one piece and $$$ for any number, or a rule of ast-grep's
```

### Bad

```python
created = datetime.now()
```

### Good

```python
created = datetime.now(tz=UTC)
```
"""


def template(rule_id: str) -> str:
    """A file with one rule of that id. Raises UsageError for what can be no id."""
    if not _ID.fullmatch(rule_id):
        raise UsageError(
            f"{rule_id!r} is no id of a rule",
            hint="Use letters, digits, `-`, `_`, `.` and `/`, at most 100, a letter or digit first.",
        )
    return _TEMPLATE.replace("@ID@", rule_id)
