/** The addresses of images that an app passes to `call`. */
import { BOUNDS } from "./generated/catalogue";

/**
 * `address` as the other side can load it: complete, by http, https or as `data:image/…`. Nothing if there is none that
 * it could; the screens have the logo and an initial instead, and a call does not fail for a picture.
 */
export function imageAddress(address: unknown, base: string): string | undefined {
  if (typeof address !== "string" || address.trim() === "") return undefined;
  try {
    const { href } = new URL(address.trim(), base);
    return /^(https?:|data:image\/)/.test(href) && href.length <= BOUNDS.IMAGE_URL_MAX ? href : undefined;
  } catch {
    return undefined;
  }
}
