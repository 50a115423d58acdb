"""Every kind of secret: the patterns of detect-secrets, and the formats that it lacks or knows only in part.

Left out of detect-secrets: its entropy plugins, and its keyword, IBM, SoftLayer and Artifactory-password plugins,
which hit ordinary code. `_ASSIGNED` stands in for the keyword plugin: the value must look generated.
A pull request's author chooses the text, so no pattern here may scan a long line again and again: repeats are
bounded, or stop where the next one starts (detect-secrets' patterns for npm, OpenAI and JWT do not).
"""

import re
from importlib import import_module

from pr_reviewer.masking.doubt import is_default_login, is_password, is_random
from pr_reviewer.masking.kinds import Kind, borrowed, own, secret_group, token

_CONFIGURATION = re.compile(
    r"(?i)(?:^|/)(?:\.?env[\w.-]*|[^/]+\.(?:env|ini|cfg|conf|config|properties|toml|ya?ml|tfvars))$"
)
_KEY_NAME = r"key|secret|token|credentials?"  # what such a name ends with
_SECRET_NAME = re.compile(
    r"(?:(?:api|secret|access|private|signing)_?key|(?:auth|access|refresh|bearer|api|session|bot)_?token"
    r"|(?<![a-z])token|secret|credentials?)$",
    re.IGNORECASE,
)
_LONGEST_NAME = 40
_PASSWORD_NAME = r"(?:password|passwd|passphrase|pwd)"  # noqa: S105 names, no password
_QUOTED = r"[\"']?\]?\s*(?::=|=>|=|:)\s*[\"'](?P<secret>[^\"'\s]{8,200})[\"']"
_BARE = r"[\"']?\s*[:=]\s*(?P<secret>[^\"'\s,;#{}()\[\]]{8,200})\s*$"


def _is_no_jwt(found: re.Match[str]) -> bool:
    plugin = import_module("detect_secrets.plugins.jwt").JwtTokenDetector
    return not plugin.is_formally_valid(found.group())


def _is_laptop_login(found: re.Match[str]) -> bool:
    return is_default_login(found["user"], found["secret"], found["host"])


def _is_not_random(found: re.Match[str]) -> bool:
    return not is_random(found[secret_group(found)])


def _is_no_assigned_secret(found: re.Match[str]) -> bool:
    """Whether the name before the value names no secret (a type, a page token), or the value is none."""
    name = found.string[max(0, found.start() - _LONGEST_NAME) : found.end("name")]
    return "::" in name or _SECRET_NAME.search(name) is None or _is_not_random(found)


def _is_no_password(found: re.Match[str]) -> bool:
    return not is_password(found["secret"])


_GITLAB = r"gl(?:pat|dt|ft|soat|rt|rtr|cbt|ptt|ffct|wt)-[A-Za-z0-9_-]{20,300}(?:\.[0-9a-z]{2}\.[0-9a-z]{9})?"
_GITLAB_ANCHORS = ("gl", "gr1348941")

# Formats with a prefix of their own: name, what such a line holds, and the token.
_TOKENS = (
    ("AWS access key", ("akia", "asia", "abia", "acca", "a3t"), borrowed("aws", "AWSKeyDetector", 0)),
    ("Azure storage key", ("accountkey=",), borrowed("azure_storage_key", "AzureStorageKeyDetector")),
    ("Azure client secret", ("q~",), token(r"[A-Za-z0-9_~.]{3}\dQ~[A-Za-z0-9_~.-]{31,34}")),
    ("Google API key", ("aiza",), token(r"AIza[0-9A-Za-z_-]{35}")),
    ("Google OAuth secret", ("gocspx-", "ya29."), token(r"GOCSPX-[A-Za-z0-9_-]{28}|ya29\.[A-Za-z0-9_-]{30,}")),
    ("DigitalOcean token", ("_v1_",), token(r"do[opr]_v1_[0-9a-f]{64}")),
    ("Databricks token", ("dapi",), token(r"dapi[0-9a-f]{32}(?:-\d)?")),
    ("Terraform token", (".atlasv1.",), token(r"[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_=-]{60,}")),
    ("Vault token", ("hvs.", "hvb."), token(r"hv[sb]\.[A-Za-z0-9_-]{24,}")),
    ("Pulumi token", ("pul-",), token(r"pul-[0-9a-f]{40}")),
    ("GitHub token", ("ghp_", "gho_", "ghu_", "ghs_", "ghr_"), borrowed("github_token", "GitHubTokenDetector")),
    ("GitHub token", ("ghp_", "gho_", "ghu_", "ghs_", "ghr_"), token(r"gh[pousr]_[A-Za-z0-9_]{36,255}")),
    ("GitHub token", ("github_pat_",), token(r"github_pat_[A-Za-z0-9_]{36,255}")),
    ("GitLab token", ("glpat", "gldt", "glft", "glsoat", "glrt"), token(_GITLAB)),
    ("GitLab token", _GITLAB_ANCHORS, borrowed("gitlab_token", "GitLabTokenDetector")),
    ("Atlassian token", ("atatt3", "atctt3"), token(r"AT[AC]TT3[A-Za-z0-9_=-]{100,}")),
    ("npm token", ("npm_",), token(r"npm_[A-Za-z0-9]{36}")),
    ("npm token", ("_authtoken",), own(r":_authToken\s*=\s*(?P<secret>[A-Za-z0-9_/+=.-]{16,})")),
    ("PyPI token", ("pypi-",), borrowed("pypi_token", "PypiTokenDetector")),
    ("RubyGems token", ("rubygems_",), token(r"rubygems_[0-9a-f]{48}")),
    ("Docker token", ("dckr_",), token(r"dckr_(?:pat|oat)_[A-Za-z0-9_-]{27,}")),
    ("Artifactory token", ("akc",), token(r"AKC[A-Za-z0-9]{60,}")),
    ("Slack token", ("xox",), borrowed("slack", "SlackDetector", 0)),
    ("Slack token", ("xox", "xapp-"), token(r"(?:xox[a-z](?:\.xox[a-z])?|xapp)-\d+-[A-Za-z0-9-]{10,}")),
    ("Slack webhook", ("hooks.slack.com",), own(r"hooks\.slack\.com/\w+/(?P<secret>T\w+/[AB]?\w+/\w{16,}(?:/\w+)?)")),
    ("Discord webhook", ("/api/webhooks/",), own(r"discord(?:app)?\.com/api/webhooks/(?P<secret>\d+/[\w-]{60,})")),
    ("Discord bot token", ("discord", "bot"), borrowed("discord", "DiscordBotTokenDetector")),
    ("Telegram bot token", ("telegram", "bot"), own(r"(?<!\d)(?P<secret>\d{8,10}:[0-9A-Za-z_-]{35})(?![0-9A-Za-z_-])")),
    ("Mailchimp key", ("-us",), borrowed("mailchimp", "MailchimpDetector")),
    ("Mailgun key", ("key-",), token(r"key-[0-9a-f]{32}")),
    ("SendGrid key", ("sg.",), borrowed("sendgrid", "SendGridDetector")),
    ("Square secret", ("sq0csp-",), borrowed("square_oauth", "SquareOAuthDetector")),
    ("Stripe key", ("k_live_", "k_test_"), token(r"[rs]k_(?:live|test)_[0-9a-zA-Z]{24,247}")),
    ("Stripe webhook secret", ("whsec_",), token(r"whsec_[A-Za-z0-9+/]{32,}={0,2}")),
    ("Shopify token", ("shpat_", "shpca_", "shppa_", "shpss_"), token(r"shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}")),
    ("Twilio key", ("sk",), token(r"SK[0-9a-f]{32}")),
    ("Twilio auth token", ("twilio",), own(r"(?i)twilio.{0,40}?(?P<secret>(?<![0-9a-f])[0-9a-f]{32})(?![0-9a-f])")),
    ("Anthropic key", ("sk-ant-",), token(r"sk-ant-[a-z0-9]+-[A-Za-z0-9_-]{24,}")),
    ("OpenAI key", ("t3blbkfj",), token(r"sk-[A-Za-z0-9_-]{0,160}T3BlbkFJ[A-Za-z0-9_-]{20,}")),
    ("OpenAI key", ("sk-",), token(r"sk-(?:proj|svcacct|admin|None)-[A-Za-z0-9_-]{40,}")),
    ("API key", ("sk-",), token(r"sk-(?:or-v1-)?(?=[A-Za-z]*\d)[A-Za-z0-9]{32,}")),
    ("Hugging Face token", ("hf_",), token(r"hf_[A-Za-z0-9]{34,}")),
    ("Groq key", ("gsk_",), token(r"gsk_[A-Za-z0-9]{48,}")),
    ("xAI key", ("xai-",), token(r"xai-[A-Za-z0-9]{70,}")),
    ("Perplexity key", ("pplx-",), token(r"pplx-[A-Za-z0-9]{48,}")),
    ("Replicate token", ("r8_",), token(r"r8_[A-Za-z0-9]{37}")),
    ("Grafana token", ("glsa_", "glc_"), token(r"glsa_[A-Za-z0-9]{32}_[0-9a-f]{8}|glc_[A-Za-z0-9+/]{60,}={0,2}")),
    ("New Relic key", ("nrak-",), token(r"NRAK-[A-Z0-9]{27}")),
    ("Sentry token", ("sntry",), token(r"sntryu_[0-9a-f]{64}|sntrys_[A-Za-z0-9_+/=]{80,}")),
    ("Linear key", ("lin_api_",), token(r"lin_api_[A-Za-z0-9]{40}")),
    ("Notion token", ("ntn_", "secret_"), token(r"ntn_[A-Za-z0-9]{40,}|secret_[A-Za-z0-9]{43}")),
    ("Postman key", ("pmak-",), token(r"PMAK-[0-9a-f]{24}-[0-9a-f]{34}")),
    ("Supabase token", ("sbp_",), token(r"sbp_[0-9a-f]{40}")),
    ("PlanetScale password", ("pscale_",), token(r"pscale_(?:tkn|pw|oauth)_[A-Za-z0-9_.=-]{32,}")),
    ("Figma token", ("figd_",), token(r"figd_[A-Za-z0-9_-]{38,}")),
    ("age key", ("age-secret-key-",), token(r"AGE-SECRET-KEY-1[0-9A-Z]{58}")),
)

# What only its surroundings tell from other data.
_IN_CONTEXT = (
    Kind(
        "AWS secret key",
        ("secret", "aws"),
        own(
            r"(?i)secret_?(?:access_?)?key[\"']?\s*(?:=>|[:=,])\s*[\"']?(?P<secret>[A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=])",
            r"(?i)aws.{0,20}?(?:key|secret|token).{0,20}?[\"'](?P<secret>[A-Za-z0-9/+]{40})[\"']",
        ),
        _is_not_random,
    ),
    Kind(
        "Azure storage key",
        ("==",),
        own(r"(?i)(?:account|storage|azure|cosmos)\w*key[\"']?\s*[:=]\s*[\"']?(?P<secret>[A-Za-z0-9+/]{86}==)"),
    ),
    Kind("Azure access key", ("sharedaccesskey=",), own(r"(?i)SharedAccessKey=(?P<secret>[A-Za-z0-9+/]{43}=)")),
    Kind("Azure signature", ("sig=",), own(r"[?&]sig=(?P<secret>[A-Za-z0-9%]{43,}%3[Dd])")),
    Kind(
        "password in a URL",
        ("://",),
        own(
            r"(?<![a-z0-9+.-])[a-z][a-z0-9+.-]{1,30}://(?P<user>[^\s:/?#\[\]@\"'`<>{}]{0,256}):"
            r"(?P<secret>[^\s/@\"'`<>]{1,256})@(?P<host>[\w.\[:-]{1,256})"
        ),
        _is_laptop_login,
    ),
    Kind(
        "JSON web token",
        ("eyj",),
        own(r"(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]{4,}(?:\.[A-Za-z0-9_-]*)?"),
        _is_no_jwt,
    ),
    Kind(
        "authorization header",
        ("authorization",),
        own(r"(?i)authorization[\"']?\]?\s*[:=,]\s*[\"'`]?(?:bearer|basic|token)\s+(?P<secret>[\w.~+/=-]{16,})"),
        _is_not_random,
    ),
)
_ASSIGNED_ANCHORS = ("key", "secret", "token", "credential")
_PASSWORD_ANCHORS = ("passw", "passphrase", "pwd")
_ASSIGNED = (
    Kind("secret", _ASSIGNED_ANCHORS, own(rf"(?i)(?P<name>{_KEY_NAME}){_QUOTED}"), _is_no_assigned_secret),
    Kind(
        "secret", _ASSIGNED_ANCHORS, own(rf"(?i)(?P<name>{_KEY_NAME}){_BARE}"), _is_no_assigned_secret, _CONFIGURATION
    ),
    Kind("password", _PASSWORD_ANCHORS, own(rf"(?i){_PASSWORD_NAME}{_QUOTED}"), _is_no_password),
    Kind("password", _PASSWORD_ANCHORS, own(rf"(?i){_PASSWORD_NAME}{_BARE}"), _is_no_password, _CONFIGURATION),
)

KINDS: tuple[Kind, ...] = (*(Kind(*row) for row in _TOKENS), *_IN_CONTEXT, *_ASSIGNED)
