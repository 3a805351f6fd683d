# Makes a user token. Needs nothing but Python 3.8 or later.
#
#   TRING_TOKEN_SECRET=… python3 user_token.py {{cuid}}
import base64
import hashlib
import hmac
import json
import os
import sys
import time

ACCOUNT_ID = "{{accountId}}"


def part(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def user_token(cuid: str) -> str:
    """A token with which `cuid` signs in during the next hour."""
    now = int(time.time())
    header = part(json.dumps({"alg": "HS256", "typ": "JWT"}).encode())
    claims = part(json.dumps({"iss": ACCOUNT_ID, "sub": cuid, "iat": now, "exp": now + 3600}).encode())
    # The secret's characters are the key as they are.
    secret = os.environ["TRING_TOKEN_SECRET"].encode()
    signature = part(hmac.new(secret, f"{header}.{claims}".encode(), hashlib.sha256).digest())
    return f"{header}.{claims}.{signature}"


if __name__ == "__main__":
    print(user_token(sys.argv[1] if len(sys.argv) > 1 else "{{cuid}}"))
