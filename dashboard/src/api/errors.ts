/** What can go wrong between this page and its server, and what a person is told about it. */
import type { ErrorCode, Problem } from "../generated/api";

/** The server answered that it will not. */
export class ApiError extends Error {
  override readonly name = "ApiError";

  constructor(readonly problem: Problem) {
    super(problem.detail || problem.title);
  }
}

/** No answer came, or one that is none of this server's. */
export class UnreachableError extends Error {
  override readonly name = "UnreachableError";
}

export function hasCode(error: unknown, ...codes: readonly ErrorCode[]): boolean {
  return error instanceof ApiError && codes.includes(error.problem.code);
}

/** Whether the same request may succeed in a moment. */
export function isPassing(error: unknown): boolean {
  return error instanceof UnreachableError || (error instanceof ApiError && error.problem.retry === "later");
}

/** One sentence or two for the person at the page. */
export function sentenceOf(error: unknown): string {
  if (error instanceof ApiError || error instanceof UnreachableError) return error.message;
  return "Something went wrong in this page. Reload it and try again.";
}

/** What the page calls its fields, by their path in the request. */
export type FieldNames = Readonly<Record<string, string>>;

/**
 * What is wrong with each field, as whole sentences by the field's path. What is wrong with an entry of a list is shown
 * at the list. Of a field that the page does not show, {@link messageBeside} tells.
 */
export function fieldErrors(error: unknown, names: FieldNames): Record<string, string> {
  const fields = error instanceof ApiError ? (error.problem.fields ?? []) : [];
  const shown = fields.flatMap(({ field, rule }) => {
    const path = shownPath(field, names);
    return path === undefined ? [] : [[path, sentence(names[path] ?? field, rule)] as const];
  });
  // Of several things that are wrong with one field, the first is to be read first.
  return Object.fromEntries(shown.reverse());
}

/** What has to be said beside the fields: nothing if every problem is shown at its own. */
export function messageBeside(error: unknown, names: FieldNames): string | null {
  if (error === null || error === undefined) return null;
  if (!(error instanceof ApiError)) return sentenceOf(error);
  const { fields = [] } = error.problem;
  const elsewhere = fields.filter(({ field }) => shownPath(field, names) === undefined);
  if (fields.length > 0 && elsewhere.length === 0) return null;
  return [sentenceOf(error), ...elsewhere.map(({ field, rule }) => sentence(field, rule))].join(" ");
}

function shownPath(field: string, names: FieldNames): string | undefined {
  return Object.keys(names).find(
    (path) => field === path || field.startsWith(`${path}.`) || field.startsWith(`${path}[`),
  );
}

function sentence(name: string, rule: string): string {
  return `${name} ${rule.replace(/\.$/, "")}.`;
}
