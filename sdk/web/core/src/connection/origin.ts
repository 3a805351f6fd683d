/** Where this script was loaded from: the server that a page talks to unless it names another. */
import { TringError } from "../fault";

// Only while the script runs for the first time does a classic script know its own address.
const LOADED_FROM = addressOfClassicScript() ?? import.meta.url;

/** The server to talk to: the one that is `named`, or else the one that this script came from. */
export function serverAddress(named: string | undefined): string {
  const address = named ?? originOf(LOADED_FROM);
  if (address === undefined) {
    throw new TringError(
      "ERR_MISSING_INITPARAMETERS",
      "`server` is missing: this script was not loaded from a Tring server, so name the one to talk to.",
    );
  }
  const protocol = urlOf(address)?.protocol;
  if (protocol === "http:" || protocol === "https:") return address;
  throw new TringError("ERR_INVALID_INITPARAMETERS", "`server` must be an http or https address.");
}

function addressOfClassicScript(): string | undefined {
  const script = typeof document === "undefined" ? null : document.currentScript;
  return script && "src" in script && script.src ? script.src : undefined;
}

function originOf(address: string | undefined): string | undefined {
  const url = address === undefined ? undefined : urlOf(address);
  return url && /^https?:$/.test(url.protocol) ? url.origin : undefined;
}

function urlOf(address: string): URL | undefined {
  try {
    return new URL(address);
  } catch {
    return undefined;
  }
}
