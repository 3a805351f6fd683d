/** The list of what the SDK reported: results, errors and CleverTap events, the newest first. */

const entries = document.getElementById("entries");
const empty = document.getElementById("empty");

/** What each result of `call()` means, in the words of the documents. */
const MEANINGS = {
  over: "The call was answered and has ended.",
  declined: "The receiver declined the call.",
  missed: "The receiver did not answer.",
  cancelled: "You cancelled the call.",
};

/** Something was done. */
export function note(from, says, details) {
  add("", from, says, details);
}

/** A promise resolved. */
export function resolved(from, value) {
  const shown = typeof value === "string" ? `resolved "${value}"` : "resolved";
  add("good", from, [shown, MEANINGS[value]].filter(Boolean).join(" — "));
}

/** A promise rejected. */
export function rejected(from, error) {
  add("bad", from, `rejected ${describe(error)}`);
}

/** An error as a person reads it: the vendors' SDKs reject with a sentence, a word or `{code, message}`. */
export function describe(error) {
  if (typeof error === "string") return [`"${error}"`, MEANINGS[error]].filter(Boolean).join(" — ");
  if (error?.code !== undefined) return `${error.code}: ${error.message}`;
  return error?.message ?? String(error);
}

export function clear() {
  entries.replaceChildren();
  empty.hidden = false;
}

function add(kind, from, says, details) {
  const now = new Date();
  const entry = element("li", kind);
  const time = element("time", "", now.toLocaleTimeString([], { hour12: false }));
  time.dateTime = now.toISOString();
  entry.append(element("span", "from", from), time, element("span", "says", says));
  if (details !== undefined) entry.append(element("pre", "", JSON.stringify(details, null, 2)));
  entries.prepend(entry);
  empty.hidden = true;
}

function element(tag, className, text = "") {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.textContent = text;
  return made;
}
