/**
 * One of the two phones: a small app made with the published SDK alone, as an integrator would make it. The page around
 * it says who it is.
 */
import { messageOf } from "../../page-message";
import type { Awake, Begin, Told } from "./messages";
import { type CallClient, loadSdk } from "./sdk";

const part = <Kind extends HTMLElement>(id: string) => document.getElementById(id) as Kind;
const [face, name, cuid] = [part("face"), part("name"), part("cuid")];
const [state, result] = [part("state"), part("result")];
const form = part<HTMLFormElement>("call");
const context = part<HTMLInputElement>("context");
const button = part<HTMLButtonElement>("call-button");

/** How often the phone asks its client whether calls are possible. */
const LOOK = 500;

let client: CallClient | undefined;
let calling = false;

window.addEventListener("message", (event) => {
  const begin = messageOf<Begin>(event, "begin");
  // A phone is one person for as long as it is on the page.
  if (begin && !client && state.dataset.begun === undefined) void start(begin);
});
window.parent.postMessage({ type: "awake" } satisfies Awake, window.location.origin);

async function start({ accountId, apikey, token, me, peer }: Begin): Promise<void> {
  state.dataset.begun = "";
  face.textContent = me.name.slice(0, 1);
  name.textContent = me.name;
  cuid.textContent = me.cuid;
  document.title = `${me.name}’s phone`;
  button.textContent = `Call ${peer.name}`;
  state.textContent = "Signing in…";
  const tell = (what: Told["state"], sentence: string) =>
    window.parent.postMessage(
      { type: "told", cuid: me.cuid, state: what, sentence } satisfies Told,
      window.location.origin,
    );

  try {
    const { initSignedCall } = await loadSdk();
    client = await initSignedCall({
      accountId,
      apikey,
      ...(token === undefined ? {} : { token }),
      cuid: me.cuid,
      name: me.name,
      clevertap: noAnalytics,
    });
  } catch (error) {
    state.textContent = sentenceOf(error);
    state.dataset.state = "refused";
    tell("refused", sentenceOf(error));
    return;
  }
  form.hidden = false;
  look();
  setInterval(look, LOOK);
  tell("ready", `${me.name} is signed in.`);

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (!client || calling) return;
    calling = true;
    look();
    result.textContent = "";
    tell("calling", `${me.name} calls ${peer.name}.`);
    result.textContent = await client.call(peer.cuid, context.value).then(outcomeOf, outcomeOf);
    tell("over", result.textContent);
    calling = false;
    look();
  });
}

function look(): void {
  const ready = client?.isEnabled() === true;
  const text = ready ? "Ready" : "Connecting…";
  if (state.textContent !== text) state.textContent = text;
  state.dataset.state = ready ? "ready" : "connecting";
  button.disabled = !ready || calling;
}

function outcomeOf(outcome: unknown): string {
  return typeof outcome === "string" ? `The call ended: ${outcome}.` : sentenceOf(outcome);
}

function sentenceOf(error: unknown): string {
  if (typeof error !== "object" || error === null) return String(error);
  const { code, message } = error as { code?: unknown; message?: unknown };
  return [message, code === undefined ? undefined : `(${code})`].filter(Boolean).join(" ");
}

/** The SDK reports to a CleverTap instance; a test call has nothing to report. */
const noAnalytics = {
  setSCSDKVersion() {},
  getCleverTapID: () => "test-call",
  getAccountID: () => "TEST-CALL",
  event: { push() {} },
};
