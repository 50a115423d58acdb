"""Each kind of secret is replaced by a placeholder that names it, and nothing else changes."""

import pytest

from pr_reviewer.masking import mask
from pr_reviewer.masking.catalog import KINDS
from pr_reviewer.model.code import Secret
from tests.masking.builders import characters, hexadecimal, json_web_token, upper

TOKENS = [
    ("AWS access key", "AKIA" + upper(16)),
    ("AWS access key", "ASIA" + upper(16)),
    ("Azure storage key", "AccountKey=" + characters(86) + "=="),
    ("Azure client secret", "abc8Q~" + characters(34)),
    ("Google API key", "AIza" + characters(35)),
    ("Google OAuth secret", "GOCSPX-" + characters(28)),
    ("Google OAuth secret", "ya29." + characters(60)),
    ("DigitalOcean token", "dop_v1_" + hexadecimal(64)),
    ("Databricks token", "dapi" + hexadecimal(32)),
    ("Terraform token", characters(14) + ".atlasv1." + characters(64)),
    ("Vault token", "hvs." + characters(24)),
    ("Pulumi token", "pul-" + hexadecimal(40)),
    *(("GitHub token", f"gh{letter}_" + characters(36)) for letter in "pousr"),
    ("GitHub token", "ghs_" + characters(80)),
    ("GitHub token", "github_pat_" + characters(22) + "_" + characters(59)),
    ("GitLab token", "glpat-" + characters(20)),
    ("GitLab token", "glpat-" + characters(27) + ".01." + characters(9, "0123456789abcdef")),
    ("GitLab token", "glptt-" + characters(40)),
    ("GitLab token", "GR1348941" + characters(20)),
    ("Atlassian token", "ATATT3" + characters(180)),
    ("npm token", "npm_" + characters(36)),
    ("PyPI token", "pypi-AgEIcHlwaS5vcmc" + characters(80)),
    ("RubyGems token", "rubygems_" + hexadecimal(48)),
    ("Docker token", "dckr_pat_" + characters(27)),
    ("Artifactory token", "AKC" + characters(69)),
    ("Slack token", "xoxb-" + "123456789012-" + "210987654321-" + characters(24)),
    ("Slack token", "xapp-1-A" + upper(10) + "-1234567890123-" + hexadecimal(64)),
    ("Mailchimp key", hexadecimal(32) + "-us14"),
    ("Mailgun key", "key-" + hexadecimal(32)),
    ("SendGrid key", "SG." + characters(22) + "." + characters(43)),
    ("Square secret", "sq0csp-" + characters(43)),
    ("Stripe key", "sk_live_" + characters(24)),
    ("Stripe key", "rk_live_" + characters(99)),
    ("Stripe webhook secret", "whsec_" + characters(32)),
    ("Shopify token", "shpat_" + hexadecimal(32)),
    ("Twilio key", "SK" + hexadecimal(32)),
    ("Anthropic key", "sk-ant-api03-" + characters(93) + "AA"),
    ("OpenAI key", "sk-" + characters(20) + "T3BlbkFJ" + characters(20)),
    ("OpenAI key", "sk-proj-" + characters(156)),
    ("API key", "sk-or-v1-" + hexadecimal(64)),
    ("Hugging Face token", "hf_" + characters(34)),
    ("Groq key", "gsk_" + characters(52)),
    ("xAI key", "xai-" + characters(80)),
    ("Perplexity key", "pplx-" + characters(48)),
    ("Replicate token", "r8_" + characters(37)),
    ("Grafana token", "glsa_" + characters(32) + "_" + hexadecimal(8)),
    ("New Relic key", "NRAK-" + upper(27)),
    ("Sentry token", "sntryu_" + hexadecimal(64)),
    ("Linear key", "lin_api_" + characters(40)),
    ("Notion token", "ntn_" + characters(46)),
    ("Postman key", "PMAK-" + hexadecimal(24) + "-" + hexadecimal(34)),
    ("Supabase token", "sbp_" + hexadecimal(40)),
    ("PlanetScale password", "pscale_pw_" + characters(43)),
    ("Figma token", "figd_" + characters(40)),
    ("age key", "AGE-SECRET-KEY-1" + upper(58)),
    ("JSON web token", json_web_token()),
]
# A line around the secret, which stands where the braces are.
IN_CONTEXT = [
    ("AWS secret key", "aws_secret_access_key = {}", characters(40, "abcdefgh0123456789/+ABCDEFGH")),
    ("AWS secret key", '"SecretAccessKey": "{}",', characters(40)),
    ("AWS secret key", 'client("s3", aws_key="{}")', characters(40)),
    ("Azure storage key", 'storage_key: "{}"', characters(86) + "=="),
    ("Azure access key", "Endpoint=sb://x/;SharedAccessKeyName=root;SharedAccessKey={}", characters(43) + "="),
    ("Azure signature", "https://x.blob.core.windows.net/c?sp=r&sig={}", characters(43) + "%3D"),
    ("password in a URL", "DATABASE_URL=postgres://app:{}@db.internal:5432/app", "s3cr3t!value"),
    ("password in a URL", "amqp://svc:{}@mq.corp/vhost", "Tr0ub4dor&3"),
    ("password in a URL", "redis://:{}@cache.corp:6379/0", "p4ss#w0rd"),
    ("npm token", "//npm.example.org/:_authToken={}", hexadecimal(36)),
    ("Slack webhook", "https://hooks.slack.com/services/{}", "T" + upper(8) + "/B" + upper(8) + "/" + characters(24)),
    ("Discord webhook", "https://discord.com/api/webhooks/{}", "123456789012345678/" + characters(68)),
    ("Discord bot token", 'discord.run("{}")', "M" + characters(23) + "." + characters(6) + "." + characters(27)),
    ("Telegram bot token", "bot = Bot('{}')", "987654321:" + characters(35)),
    ("Twilio auth token", 'twilio.Client(sid, "{}")', hexadecimal(32)),
    ("authorization header", 'headers["Authorization"] = "Bearer {}"', characters(40)),
    ("authorization header", "curl -H 'Authorization: Basic {}'", characters(40)),
    ("secret", 'api_key = "{}"', characters(32)),
    ("secret", "clientSecret: '{}',", characters(32)),
    ("secret", '"session_token" => "{}"', characters(32)),
    ("password", 'DB_PASSWORD = "{}"', "hunter2pass"),
    ("password", "password: '{}'", "P@55w0rd!x"),
]


@pytest.mark.parametrize(("kind", "secret"), TOKENS)
def test_a_token_is_masked_wherever_it_stands(kind, secret):
    line = f'call("{secret}")  # why'
    assert mask(line).text == f'call("[masked {kind}]")  # why'
    assert mask(f"a\n{line}\n").secrets == (Secret(2, kind),)


@pytest.mark.parametrize(("kind", "line", "secret"), IN_CONTEXT)
def test_a_secret_known_by_its_surroundings_leaves_them_as_they_are(kind, line, secret):
    masked = mask(line.format(secret))
    assert masked.text == line.format(f"[masked {kind}]")
    assert masked.secrets == (Secret(1, kind),)


@pytest.mark.parametrize("path", [".env", "deploy/.env.production", "app.properties", "values.yaml", "prod.tfvars"])
@pytest.mark.parametrize(
    ("name", "secret", "kind"), [("API_KEY", characters(24), "secret"), ("password", "x7$kQ!pp", "password")]
)
def test_a_configuration_file_needs_no_quotes(path, name, secret, kind):
    assert mask(f"{name}={secret}", path).text == f"{name}=[masked {kind}]"
    assert mask(f"{name}={secret}", "main.py").secrets == ()


def test_every_kind_has_a_secret_here_that_shows_it():
    shown = {kind for kind, *_ in [*TOKENS, *IN_CONTEXT]}
    assert shown == {kind.name for kind in KINDS}


@pytest.mark.parametrize(
    "line",
    [
        'key = "AKIAIOSFODNN7EXAMPLE"',
        'aws_secret_access_key = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"',
        "token: ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
        'api_key = "<your-token-0123456>"',
        "PASSWORD=${DB_PASSWORD_1}",
        'password = "{{ vault_password_1 }}"',
        'password = "changeme123"',
        "postgres://postgres:postgres@localhost:5432/app",
        "postgres://app:s3cr3tvalue@localhost/app",
        "https://user:pass@proxy.corp:3128",
        "git clone https://example.com/a:b/c@v2",
        'token = "next-page-token"',
        'NextToken = "9d624e0c-388b-4862-a31e-a85c64fc1d4a"',
        'api_key_arn = "arn:aws:kms:eu-west-1:4174:key/c9fe2447"',
        '"AWS::ApiGateway::ApiKey": "48205d4ffd7feba3",',
        'secret = settings["oauth2.client.secret1"]',
        'password = "passwordField1"',
        'password = "/run/secrets/db_password1"',
        "integrity sha512-" + characters(86) + "==",
        "commit " + hexadecimal(40),
        "eyJhbGciOi.notbase64json!",
    ],
)
def test_what_everybody_knows_to_be_no_secret_stays(line):
    assert mask(line, "values.yaml").text == line
    assert mask(line).secrets == ()
