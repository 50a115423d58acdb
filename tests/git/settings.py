"""Keep the settings of whoever runs the tests out of them."""


def use_settings_of_nobody(tmp_path_factory, monkeypatch):
    """Point git at an empty home; returns the file that plays the user's own settings."""
    home = tmp_path_factory.mktemp("home")
    settings = home / ".gitconfig"
    settings.write_text("")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(settings))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    return settings
