# Prints every call of the last seven days, a line each. Needs nothing but Python 3.8 or later.
#
#   TRING_SECRET_KEY=sk_… python3 list_calls.py
import json
import os
import time
from datetime import datetime, timezone
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

CALLS = "{{server}}/v1/accounts/{{accountId}}/calls"


def calls(**wanted):
    cursor = None
    while True:
        query = {**wanted, "limit": 200, **({"cursor": cursor} if cursor else {})}
        request = Request(f"{CALLS}?{urlencode(query)}")
        request.add_header("Authorization", f"Bearer {os.environ['TRING_SECRET_KEY']}")
        try:
            with urlopen(request) as response:
                page = json.load(response)
        except HTTPError as error:
            # Errors are RFC 9457 problems: `code` for your program, `detail` for you.
            problem = json.load(error)
            raise SystemExit(f"{problem['code']}: {problem['detail']}")
        yield from page["items"]
        cursor = page["next"]
        if not cursor:
            return


week = 7 * 24 * 60 * 60 * 1000
for call in calls(**{"from": int(time.time() * 1000) - week}):
    placed = datetime.fromtimestamp(call["placedAt"] / 1000, timezone.utc).isoformat(timespec="seconds")
    print(placed, call["caller"], "→", call["callee"], call["status"], f"{round(call['talkTime'] / 1000)} s")
