"""The pure half of the settings: no file, no environment.

`layers` who sets and who may; `sections` the fields; `keys` their names; `document` TOML with line numbers;
`resolve` layers → values with sources, or problems; `cards` what is known of models; `json_schema` and
`reference` the same fields for editors and for people.
"""
