/**
 * The demo: everything between choosing who to be and the log of what happened.
 *
 * It uses what any page can use, and of both APIs whichever the visitor chooses; see `apis.js`. The call screens that
 * appear are the SDK's own.
 */
import { apiNamed } from "./apis.js";
import { clear, describe, note } from "./log.js";
import { addressOf, imageChoices, PEOPLE, partnerOf, personWith } from "./people.js";

/** Where a tab remembers who signed in, so that a reload in mid-call brings the call back. */
const REMEMBERED = "tring-demo-me";

const part = (id) => document.getElementById(id);
/** The signed-in person, as the chosen API has them. */
let phone;

start();

function start() {
  part("unloaded").remove();
  offerPeople();
  offerImages();
  const asked = new URLSearchParams(location.search).get("as");
  const remembered = recall(asked);
  const wanted = asked ?? PEOPLE[0].cuid;
  become(remembered ?? personWith(wanted) ?? { cuid: wanted, name: "" });

  part("sign-in").addEventListener("submit", (event) => {
    event.preventDefault();
    signIn();
  });
  part("call").addEventListener("submit", (event) => {
    event.preventDefault();
    call();
  });
  part("cuid").addEventListener("input", whoChanged);
  part("receiver").addEventListener("input", showReceiver);
  part("own-image").addEventListener("change", offerImages);
  part("hangup").addEventListener("click", () => phone?.hangup());
  part("check").addEventListener("click", check);
  part("log-out").addEventListener("click", logOut);
  part("clear").addEventListener("click", clear);
  part("copy").addEventListener("click", copyLink);
  setInterval(showState, 500);
  showState();

  if (!window.isSecureContext) {
    warn(
      "Browsers give the microphone only to pages on https or on localhost. Open this page at http://localhost or behind TLS.",
    );
  } else if (remembered) {
    signIn();
  }
}

async function signIn() {
  const me = {
    cuid: part("cuid").value.trim(),
    name: part("name").value.trim(),
    ringtone: part("ringtone").value.trim(),
    api: document.querySelector('input[name="api"]:checked').value,
  };
  part("sign-in-button").disabled = true;
  part("sign-in-error").hidden = true;
  try {
    phone = await apiNamed(me.api).signIn(me, await credentials(), {
      changed: showState,
      calls: showCalls,
      refused: showCallError,
    });
    sessionStorage.setItem(REMEMBERED, JSON.stringify(me));
    showMe(me);
  } catch (error) {
    sessionStorage.removeItem(REMEMBERED);
    part("sign-in-error").textContent = describe(error);
    part("sign-in-error").hidden = false;
  } finally {
    part("sign-in-button").disabled = false;
    showState();
  }
}

function call() {
  if (!phone?.canCall()) return;
  showCallError();
  phone.call(part("receiver").value.trim(), part("context").value.trim(), {
    mine: part("initiator-image").value,
    theirs: part("receiver-image").value,
  });
  showState();
}

/** Tries microphone and network, and says what was found; not to somebody else who has signed in meanwhile. */
async function check() {
  const asked = phone;
  part("check").disabled = true;
  delete part("verdict").dataset.verdict;
  part("verdict").textContent = "Trying… Say something.";
  note("check()", "called");
  const { words, verdict, ...found } = await asked.check();
  note("check()", `resolved “${verdict}” — ${words}`, found);
  if (phone !== asked) return;
  part("verdict").textContent = words;
  part("verdict").dataset.verdict = verdict;
  part("check").disabled = false;
}

function logOut() {
  sessionStorage.removeItem(REMEMBERED);
  phone?.logOut();
  phone = undefined;
  showCalls([]);
  showCallError();
  part("verdict").textContent = "";
  part("check").disabled = false;
  part("signed-in").hidden = true;
  part("sign-in").hidden = false;
  showState();
}

/** Why there was no call: of one that never was, no screen of the SDK tells. Nothing for no error. */
function showCallError(error) {
  part("call-error").textContent = error ? describe(error) : "";
  part("call-error").hidden = !error;
}

/** One line per call, with what can be done about it. */
function showCalls(calls) {
  part("calls").hidden = calls.length === 0;
  part("call-list").replaceChildren(
    ...calls.map(({ who, state, actions }) => {
      const line = document.createElement("li");
      const words = document.createElement("span");
      words.append(Object.assign(document.createElement("strong"), { textContent: who }), ` ${state}`);
      line.append(words);
      for (const [label, act] of actions) {
        const button = Object.assign(document.createElement("button"), {
          type: "button",
          className: "small",
          textContent: label,
          ariaLabel: `${label}: ${who}`,
        });
        button.addEventListener("click", act);
        line.append(button);
      }
      return line;
    }),
  );
}

async function credentials() {
  const response = await fetch("/demo/config.json");
  if (!response.ok) {
    throw new Error("This server runs without the demo's account. Start it with `make run` or `tring serve --demo`.");
  }
  return response.json();
}

/** Fills the forms in for a person and for the one they would call. */
function become({ cuid, name, ringtone = "", api = "tring" }) {
  part("cuid").value = cuid;
  part("name").value = name;
  part("ringtone").value = ringtone;
  for (const radio of document.querySelectorAll('input[name="api"]')) radio.checked = radio.value === api;
  whoChanged();
}

function whoChanged() {
  const cuid = part("cuid").value.trim();
  const me = personWith(cuid);
  for (const radio of document.querySelectorAll("#people input")) radio.checked = radio.value === (me?.cuid ?? "");
  const partner = partnerOf(cuid);
  const link = new URL(`/demo/?as=${partner.cuid}`, location.href).href;
  part("second").href = link;
  part("second").textContent = link;
  part("receiver").value = partner.cuid;
  part("receivers").replaceChildren(
    ...PEOPLE.filter((person) => person.cuid !== cuid).map(
      (person) => new Option(`${person.name}, ${person.role}`, person.cuid),
    ),
  );
  part("initiator-image").value = me ? addressOf(me.image) : "";
  showReceiver();
}

function showReceiver() {
  const receiver = personWith(part("receiver").value.trim());
  part("receiver-image").value = receiver ? addressOf(receiver.image) : "";
}

function showMe({ cuid, name, api }) {
  const face = personWith(cuid)?.image ?? "tring.svg";
  part("my-face").src = addressOf(face);
  part("my-name").textContent = name || cuid;
  part("my-cuid").textContent = cuid;
  part("other-device").href = new URL(`/demo/?as=${cuid}`, location.href).href;
  part("third").href = new URL("/demo/?as=meera_support", location.href).href;
  for (const own of document.querySelectorAll("[data-api]")) own.hidden = own.dataset.api !== api;
  part("sign-in").hidden = true;
  part("signed-in").hidden = false;
  document.title = `${name || cuid} · Tring demo`;
}

/** Whether the client could call now; it says so itself, also while it reconnects. */
function showState() {
  const ready = phone?.isReady() === true;
  const state = part("state");
  const text = ready ? "ready" : "connecting…";
  if (state.textContent !== text) state.textContent = text;
  state.classList.toggle("ready", ready);
  part("call-button").disabled = !ready || !phone.canCall();
  part("hangup").disabled = !phone;
  part("call-hint").hidden = phone !== undefined;
}

function offerPeople() {
  const choices = [...PEOPLE, { cuid: "", name: "Other", role: "own cuid" }];
  part("people").replaceChildren(
    ...choices.map((person) => {
      const radio = Object.assign(document.createElement("input"), {
        type: "radio",
        name: "person",
        value: person.cuid,
      });
      radio.addEventListener("change", () => {
        const api = document.querySelector('input[name="api"]:checked').value;
        become({ ...(person.cuid ? person : { cuid: "", name: "" }), api });
        if (!person.cuid) part("cuid").focus();
      });
      const face = person.image
        ? Object.assign(new Image(), { src: addressOf(person.image), alt: "" })
        : Object.assign(document.createElement("span"), { textContent: "?", ariaHidden: "true" });
      face.className = person.image ? "face" : "face blank";
      const words = document.createElement("span");
      words.append(person.name, Object.assign(document.createElement("small"), { textContent: person.role }));
      const label = document.createElement("label");
      label.append(radio, face, words);
      return label;
    }),
  );
}

function offerImages() {
  const own = part("own-image").value.trim();
  for (const id of ["initiator-image", "receiver-image"]) {
    const list = part(id);
    const before = list.value;
    list.replaceChildren(...imageChoices(own).map(({ label, address }) => new Option(label, address)));
    list.value = before;
  }
}

async function copyLink() {
  const link = part("second").href;
  try {
    await navigator.clipboard.writeText(link);
    part("copied").textContent = "Copied.";
  } catch {
    // No permission: the link is marked, so that the visitor's own copy command takes it.
    getSelection()?.selectAllChildren(part("second"));
    part("copied").textContent = "Press the copy keys of your system.";
  }
}

/** Who signed in in this tab, unless its address now asks for somebody else. */
function recall(asked) {
  try {
    const me = JSON.parse(sessionStorage.getItem(REMEMBERED) ?? "null");
    return me && (asked === null || asked === me.cuid) ? me : undefined;
  } catch {
    return undefined;
  }
}

function warn(text) {
  part("warning").textContent = text;
  part("warning").hidden = false;
}
