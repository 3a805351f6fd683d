// Makes a user token. Needs nothing but Node 18 or later.
//
//   TRING_TOKEN_SECRET=… node user-token.mjs {{cuid}}
import { createHmac } from "node:crypto";

const ACCOUNT_ID = "{{accountId}}";

const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");

/** A token with which `cuid` signs in during the next hour. `name` is what others see, whatever the app says. */
export function userToken(cuid, name) {
  const now = Math.floor(Date.now() / 1000);
  const header = part({ alg: "HS256", typ: "JWT" });
  const claims = part({ iss: ACCOUNT_ID, sub: cuid, iat: now, exp: now + 3600, name });
  // The secret's characters are the key as they are.
  const secret = process.env.TRING_TOKEN_SECRET;
  const signature = createHmac("sha256", secret).update(`${header}.${claims}`).digest("base64url");
  return `${header}.${claims}.${signature}`;
}

console.log(userToken(process.argv[2] ?? "{{cuid}}"));
