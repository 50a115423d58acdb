"""Keys and JSON web tokens of Apps, by GitHub's rules on `iss`, `iat` and `exp`."""

from functools import lru_cache

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.fakes.github.messages import refusal
from tests.fakes.github.state import App
from tests.fakes.github.world import World

LONGEST = 600  # seconds that an App's JSON web token may live
_UNREADABLE = "A JSON web token could not be decoded"
_ISSUED = "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued"
_EXPIRED = (
    "'Expiration time' claim ('exp') must be a numeric value representing "
    "the future time at which the assertion expires"
)
_TOO_FAR = "'Expiration time' claim ('exp') is too far in the future"


@lru_cache(8)
def new_key(_number: int) -> tuple[str, str]:
    """(private, public) PEM. Made once per process and number: a key costs 50 ms."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return private.decode(), public.decode()


def is_jwt(value: str) -> bool:
    return value.count(".") == 2 and value.startswith("ey")


def app_of_jwt(world: World, value: str) -> App:
    """The App that signed the token; 401 says what is wrong with it, 404 that there is no such App."""
    try:
        issuer = str(jwt.decode(value, options={"verify_signature": False})["iss"])
    except (jwt.PyJWTError, KeyError) as broken:
        raise refusal(401, _UNREADABLE) from broken
    app = next((found for found in world.apps if issuer in (str(found.id), found.client_id)), None)
    if app is None:
        raise refusal(404, "Integration not found")
    try:
        checks = {"verify_exp": False, "verify_iat": False, "verify_iss": False}
        claims = jwt.decode(value, app.public_key, algorithms=["RS256"], options=checks)  # type: ignore[arg-type]
    except jwt.PyJWTError as broken:
        raise refusal(401, _UNREADABLE) from broken
    _check_times(claims, world.now())
    return app


def _check_times(claims: dict[str, object], now: float) -> None:
    issued, expires = claims.get("iat"), claims.get("exp")
    if not isinstance(issued, int) or issued > now + 1:
        raise refusal(401, _ISSUED)
    if not isinstance(expires, int | float) or expires <= now:
        raise refusal(401, _EXPIRED)
    if expires > now + LONGEST + 1:
        raise refusal(401, _TOO_FAR)
