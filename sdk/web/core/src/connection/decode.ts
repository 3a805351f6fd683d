/**
 * From the text of a socket to a frame: whatever cannot be read is `undefined`, never an exception.
 *
 * Only the frame's own fields are checked, since they steer the numbering. A body comes from our own server over our
 * own socket; the machine ignores the types that it does not know, and fields that may be left out are filled in here.
 */
import type { CallImages, ServerFrame } from "../generated/protocol";

/** Reads one text frame. */
export function decodeServerFrame(text: string): ServerFrame | undefined {
  let frame: unknown;
  try {
    frame = JSON.parse(text);
  } catch {
    return undefined;
  }
  return isServerFrame(frame) ? complete(frame) : undefined;
}

function isServerFrame(frame: unknown): frame is ServerFrame {
  if (!isObject(frame)) return false;
  switch (frame.type) {
    case "welcome":
      return typeof frame.resumeToken === "string" && isCount(frame.received) && isObject(frame.branding);
    case "refused":
    case "renew_refused":
      return isObject(frame.error) && typeof frame.error.code === "string";
    case "message":
      return isCount(frame.seq) && isCount(frame.ack) && isObject(frame.body) && typeof frame.body.type === "string";
    case "renewed":
      return isCount(frame.tokenExpiresAt);
    case "ack":
      return isCount(frame.ack);
    case "ping":
      return true;
    default:
      return false;
  }
}

/** Fields with a default on the wire are present from here on, as their types say. */
function complete(frame: ServerFrame): ServerFrame {
  if (frame.type !== "message") return frame;
  const { body } = frame;
  if (body.type === "incoming") return { ...frame, body: { ...body, images: imagesOf(body) } };
  if (body.type === "restored" || body.type === "elsewhere") {
    const call = { ...body.call, images: imagesOf(body.call), peerMuted: body.call.peerMuted ?? false };
    return { ...frame, body: { ...body, call } };
  }
  return frame;
}

function imagesOf(holder: { images?: CallImages }): CallImages {
  return holder.images ?? {};
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 0;
}
