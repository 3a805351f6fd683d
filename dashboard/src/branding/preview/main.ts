/**
 * One preview: the SDK's own call screen in a page of the size of a phone or of a browser window. What is seen here is
 * what a person on a call sees, because the same code draws it.
 */
import { createCallScreens } from "@tring/core/screen/screens";
import type { CallView } from "@tring/core/screen/view";
import { messageOf } from "../../page-message";
import type { Draw, PreviewScreen, Ready } from "./messages";

/** How long the call of the ongoing screen has lasted. */
const TALKED = 83_000;

// The screen of a real call takes the focus. One that is looked at must not, and that the frame is inert holds off keys
// and readers only.
document.documentElement.inert = true;
const screens = createCallScreens();
const answeredAt = Date.now() - TALKED;

window.addEventListener("message", (event) => {
  const draw = messageOf<Draw>(event, "draw");
  if (!draw) return;
  document.documentElement.dataset.device = draw.device;
  screens.show({ ...SCENES[draw.screen], branding: draw.branding });
});
window.parent.postMessage({ type: "ready" } satisfies Ready, window.location.origin);

type Scene = Omit<CallView, "branding">;

const QUIET: Pick<Scene, "context" | "muted" | "peerMuted" | "poorNetwork" | "volume" | "devices"> = {
  context: "Your order 4711 is at the door",
  muted: false,
  peerMuted: false,
  poorNetwork: "none",
  volume: 1,
  devices: { inputs: [], outputs: [], canChooseOutput: false },
};

const SCENES: Record<PreviewScreen, Scene> = {
  outgoing: { ...QUIET, phase: "outgoing", status: "ringing", peer: { cuid: "anita_customer", name: "Anita" } },
  incoming: { ...QUIET, phase: "incoming", status: "ringing", peer: { cuid: "ravi_courier", name: "Ravi" } },
  ongoing: {
    ...QUIET,
    phase: "ongoing",
    status: "connected",
    peer: { cuid: "ravi_courier", name: "Ravi" },
    answeredAt,
  },
};
