"""Pull requests on GitHub.com and GitHub Enterprise Server.

`opening` puts the parts together. `address` reads URLs, `tokens` and `app` say who we are, `connection` and `client`
send what the others ask (waits, retries, clear refusals), `payload` (pure) reads the answers. `reader` is the
`ChangeReader`, `writer` the `ReviewWriter`; `reviews`, `pending`, `summary`, `checks` and `statuses` write one thing
each, and look for it first (`standing`). PyGithub is imported by `connection` and `app` alone, when it is used.
"""
