"""`python -m pr_reviewer.settings > docs/settings.md`: write the reference page anew."""

import sys

from pr_reviewer.settings.load import default_values
from pr_reviewer.settings.schema.reference import render_reference

sys.stdout.write(render_reference(default_values()))
