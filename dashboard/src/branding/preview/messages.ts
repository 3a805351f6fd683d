/** What the branding page and its previews say to each other. Both are pages of this server. */
import type { Branding } from "../../generated/api";

/** On what a preview is drawn. */
export type PreviewDevice = "android" | "ios" | "web";

/** Which of the screens it shows. */
export type PreviewScreen = "outgoing" | "incoming" | "ongoing";

/** From the page to a preview: draw this. */
export interface Draw {
  type: "draw";
  device: PreviewDevice;
  screen: PreviewScreen;
  branding: Branding;
}

/** From a preview to the page: it can draw now. */
export interface Ready {
  type: "ready";
}
