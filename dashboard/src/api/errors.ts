//! What can go wrong between this page and its server, and what a person is told about it.

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

/**
 * What is wrong with each field, as whole sentences by the field's path. `names` says what the page calls a field; one
 * that it does not show belongs into the form's own message, see {@link messageBeside}.
 */
export function fieldErrors(error: unknown, names: Readonly<Record<string, string>>): Record<string, string> {
  const fields = error instanceof ApiError ? (error.problem.fields ?? []) : [];
  return Object.fromEntries(
    fields.flatMap(({ field, rule }) => {
      const name = names[field];
      return name === undefined ? [] : [[field, `${name} ${rule.replace(/\.$/, "")}.`]];
    }),
  );
}

/** What has to be said beside the fields: nothing if every problem is shown at its own. */
export function messageBeside(error: unknown, names: Readonly<Record<string, string>>): string | null {
  if (error === null || error === undefined) return null;
  if (!(error instanceof ApiError)) return sentenceOf(error);
  const { fields = [] } = error.problem;
  const elsewhere = fields.filter(({ field }) => names[field] === undefined);
  if (fields.length > 0 && elsewhere.length === 0) return null;
  const rules = elsewhere.map(({ field, rule }) => `${field} ${rule.replace(/\.$/, "")}.`);
  return [sentenceOf(error), ...rules].join(" ");
}
