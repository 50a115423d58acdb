"""Everything a person reads: bodies of comments, the summary, terminal text, JSON, error sentences.

What belongs here: how a `Review` looks. What does not: deciding anything about it, and printing it.
The way of a model's prose: `read` (markdown to a small tree) → `defuse` (what a provider would act on becomes code)
→ `tidy` (what cannot be written back safely goes) → `write` (the tree to GitHub's markdown) or `terminal`.
"""
