import { PasswordInput, type PasswordInputProps } from "@mantine/core";

/** Tells screen readers that it is wrong, as every other field does by itself. */
export function PasswordField(props: PasswordInputProps) {
  return <PasswordInput {...props} aria-invalid={props.error ? true : undefined} />;
}
