"""Settings: what may be set, who may set it, and where each value came from.

`schema` is pure: sections and fields, layers and trust, merging, the JSON Schema, the reference page.
`load` reads the environment and the operator's file, and nothing else in the product does.
The values themselves are data: `settings/defaults.toml` and `settings/models.toml`.
"""
