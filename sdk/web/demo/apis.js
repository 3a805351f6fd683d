/**
 * The two APIs of the SDK, each as this page needs it: sign in, call, and what to show of the calls.
 *
 * Whoever wants to know how an app uses one of them finds its whole use here.
 */
import { initSignedCall } from "/sdk/signed-call.mjs";
import { signIn } from "/sdk/tring.mjs";
import { createCleverTap } from "./clevertap.js";
import { note, rejected, resolved } from "./log.js";

/** The API with this name: `tring` or `signed-call`. */
export function apiNamed(name) {
  return name === "signed-call" ? SIGNED_CALL : TRING;
}

/** Tring's own: calls are objects, and there can be several. */
const TRING = {
  async signIn(me, { accountId, apikey }, { changed, calls: show, refused }) {
    note("signIn()", `called for ${me.cuid} in the account ${accountId}`);
    const client = await reported("signIn()", () =>
      signIn({
        accountId,
        apikey,
        cuid: me.cuid,
        ...(me.name ? { name: me.name } : {}),
        ...(me.ringtone ? { ringtone: me.ringtone } : {}),
      }),
    );
    const showAll = () => show(client.calls.map(line));
    const watch = (call) => {
      note("on(“call”)", `${call.direction}: ${call.peer.name ?? call.peer.cuid}`, { context: call.context });
      call.on("change", () => {
        showAll();
        changed();
      });
      call.ended.then((end) => {
        const { status, reason, error } = end;
        const says = [`“${status}”`, reason ?? error?.message].filter(Boolean).join(": ");
        note("call.ended", `resolved ${says}`);
        if (status === "refused") refused(error);
        showAll();
        changed();
      });
      showAll();
    };
    client.on("call", watch);
    client.on("connection", changed);
    client.on("elsewhere", (calls) => note("on(“elsewhere”)", `${calls.length || "no"} calls on other devices`));
    client.on("signedOut", (error) => note("on(“signedOut”)", error.message));
    for (const call of client.calls) watch(call);
    return {
      isReady: () => client.isConnected,
      canCall: () => client.calls.every(({ isHeld }) => isHeld),
      call(receiver, context, { mine, theirs }) {
        note("call()", `called for ${receiver}: “${context}”`);
        try {
          client.call(receiver, {
            context,
            ...(mine ? { image: mine } : {}),
            ...(theirs ? { remoteImage: theirs } : {}),
          });
        } catch (error) {
          rejected("call()", error);
          refused(error);
        }
      },
      hangup() {
        for (const call of client.calls) if (!call.isHeld) call.hangup();
      },
      check: () => client.check(),
      logOut() {
        note("signOut()", "called");
        client.signOut();
      },
    };
  },
};

/** What the list shows of a call. */
function line(call) {
  const state = [
    call.state.replace("_", " "),
    call.isHeld && "on hold",
    call.isPeerHeld && "they hold it",
    call.isWaiting && "waiting",
  ];
  const actions = [];
  if (call.isAnswered) {
    actions.push(call.isHeld ? ["Go on", () => call.resume()] : ["Put on hold", () => call.hold()]);
  }
  actions.push(["End", () => call.hangup()]);
  return { who: call.peer.name ?? call.peer.cuid, state: state.filter(Boolean).join(", "), actions };
}

/** CleverTap's names: one call at a time, and its result is a promise. */
const SIGNED_CALL = {
  async signIn(me, { accountId, apikey }, { changed, refused }) {
    note("initSignedCall()", `called for ${me.cuid} in the account ${accountId}`);
    const client = await reported("initSignedCall()", () =>
      initSignedCall({
        accountId,
        apikey,
        cuid: me.cuid,
        clevertap: createCleverTap((name, details) => note("clevertap.event.push()", name, details)),
        callWaiting: true,
        ...(me.name ? { name: me.name } : {}),
        ...(me.ringtone ? { ringtone: me.ringtone } : {}),
      }),
    );
    let calling = false;
    return {
      isReady: () => client.isEnabled(),
      canCall: () => !calling,
      async call(receiver, context, { mine, theirs }) {
        const options = {
          ...(mine ? { initiator_image: mine } : {}),
          ...(theirs ? { receiver_image: theirs } : {}),
        };
        note("call()", `called for ${receiver}: “${context}”`, options);
        calling = true;
        try {
          resolved("call()", await client.call(receiver, context, options));
        } catch (error) {
          rejected("call()", error);
          if (error instanceof Error) refused(error);
        }
        calling = false;
        changed();
      },
      hangup() {
        note("hangup()", "called");
        client.hangup();
      },
      check: () => client.check(),
      logOut() {
        note("logout()", "called");
        client.logout();
      },
    };
  },
};

/** Writes down how a promise of the SDK ends. */
async function reported(name, start) {
  try {
    const value = await start();
    resolved(name);
    return value;
  } catch (error) {
    rejected(name, error);
    throw error;
  }
}
