// Prints every call of the last seven days, a line each. Needs nothing but Node 18 or later.
//
//   TRING_SECRET_KEY=sk_… node list-calls.mjs
const CALLS = "{{server}}/v1/accounts/{{accountId}}/calls";

async function* calls(filter) {
  for (let cursor; ; ) {
    const query = new URLSearchParams({ ...filter, limit: "200", ...(cursor && { cursor }) });
    const response = await fetch(`${CALLS}?${query}`, {
      headers: { Authorization: `Bearer ${process.env.TRING_SECRET_KEY}` },
    });
    const answer = await response.json();
    // Errors are RFC 9457 problems: `code` for your program, `detail` for you.
    if (!response.ok) throw new Error(`${answer.code}: ${answer.detail}`);
    yield* answer.items;
    cursor = answer.next;
    if (!cursor) return;
  }
}

const week = 7 * 24 * 60 * 60 * 1000;
for await (const call of calls({ from: String(Date.now() - week) })) {
  const seconds = Math.round(call.talkTime / 1000);
  console.log(new Date(call.placedAt).toISOString(), call.caller, "→", call.callee, call.status, `${seconds} s`);
}
