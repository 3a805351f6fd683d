/** A form that is sent to the server, and what the server says about its fields. */
import type { UseFormReturnType } from "@mantine/form";
import { type UseMutationResult, useMutation } from "@tanstack/react-query";
import type { SyntheticEvent } from "react";
import { fieldErrors, messageBeside } from "../api/errors";

export interface Sending<Values, Answer> {
  readonly form: UseFormReturnType<Values>;
  /** What the page calls each field, by the field's path in the request. */
  readonly names: Readonly<Record<string, string>>;
  readonly send: (values: Values) => Promise<Answer>;
  readonly done?: (answer: Answer, values: Values) => unknown;
}

export interface Sender<Values, Answer> {
  readonly onSubmit: (event?: SyntheticEvent<HTMLFormElement>) => void;
  /** What belongs to no field that is shown. */
  readonly message: string | null;
  readonly mutation: UseMutationResult<Answer, Error, Values>;
}

/** The first field that is wrong gets the focus, whoever found it. */
export function useSending<Values extends Record<string, unknown>, Answer>({
  form,
  names,
  send,
  done,
}: Sending<Values, Answer>): Sender<Values, Answer> {
  const focusFirst = (errors: Readonly<Record<string, unknown>>) => {
    const first = Object.keys(errors)[0];
    if (first !== undefined) form.getInputNode(first)?.focus();
  };
  const mutation = useMutation({
    mutationFn: send,
    onSuccess: (answer, values) => done?.(answer, values),
    onError: (error) => {
      const errors = fieldErrors(error, names);
      form.setErrors(errors);
      focusFirst(errors);
    },
  });
  return {
    onSubmit: form.onSubmit((values) => mutation.mutate(values), focusFirst),
    message: messageBeside(mutation.error, names),
    mutation,
  };
}
