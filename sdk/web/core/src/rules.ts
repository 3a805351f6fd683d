/**
 * The rules for what an app passes, each as the end of a sentence that says which one was broken. They are the server's;
 * a face checks them first, so that the app reads which of its parameters is wrong.
 */
import { BOUNDS } from "./generated/catalogue";

/** The rule that `cuid` breaks. */
export function cuidRule(cuid: unknown): string | undefined {
  if (typeof cuid !== "string") return "must be a string.";
  if (/\s/.test(cuid)) return "must not contain white space.";
  if (lengthOf(cuid) < 5 || lengthOf(cuid) > 50) return "must have 5 to 50 characters.";
  if (!/^[A-Za-z0-9_]+$/.test(cuid)) return "may contain only letters, digits and _.";
  if (/^\d+(_\d+)+$/.test(cuid)) return "must not be a number, _ and a number.";
  return undefined;
}

/** The rule that `context` breaks. */
export function contextRule(context: unknown): string | undefined {
  if (typeof context !== "string") return "must be a string.";
  const length = lengthOf(context.trim());
  if (length === 0) return "must not be empty.";
  return length > BOUNDS.CONTEXT_MAX ? `must have at most ${BOUNDS.CONTEXT_MAX} characters.` : undefined;
}

/** The rule that `name` breaks, if it must have from `shortest` to `longest` characters. */
export function nameRule(name: unknown, shortest: number, longest: number): string | undefined {
  if (typeof name !== "string") return "must be a string.";
  const length = lengthOf(name.trim());
  return length >= shortest && length <= longest ? undefined : `must have ${shortest} to ${longest} characters.`;
}

/** Characters as people and the server count them. */
function lengthOf(text: string): number {
  return Array.from(text).length;
}
