/** What can be said of tokens and their settings before the server is asked. */
/** An https address, or none. The server decides about http, which it lets through only where it was allowed to. */
export function jwksUrl(value: string): string | null {
  const trimmed = value.trim();
  if (trimmed === "") return null;
  if (trimmed.length > 2048) return "An address has at most 2,048 characters.";
  const url = URL.canParse(trimmed) ? new URL(trimmed) : null;
  return url?.protocol === "https:" || url?.protocol === "http:" ? null : "Enter an address that begins with https://.";
}

export function cuid(value: string): string | null {
  if (!/^[A-Za-z0-9_]{5,50}$/.test(value)) return "A cuid has 5 to 50 letters, digits or underscores.";
  return /^\d+_\d+$/.test(value) ? "Two numbers joined by an underscore are no cuid." : null;
}

/** What others see; may be left out. */
export function displayName(value: string): string | null {
  return [...value.trim()].length > 50 ? "A name has at most 50 characters." : null;
}

/** A pasted token without what comes along when it is copied from a header or a log. */
export function pasted(text: string): string {
  return text
    .trim()
    .replace(/^Bearer\s+/i, "")
    .replace(/^["']|["']$/g, "")
    .replace(/\s+/g, "");
}
