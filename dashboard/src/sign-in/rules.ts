/** What the server asks of an email, a name and a password, said before anything is sent. */
export function email(value: string): string | null {
  const trimmed = value.trim();
  if (trimmed === "") return "Enter an email address.";
  return trimmed.length > 254 || !/^[^\s@]+@[^\s@]+$/.test(trimmed) ? "This is no email address." : null;
}

/** A name of a member or an account. */
export function title(value: string): string | null {
  const length = [...value.trim()].length;
  if (length === 0) return "Enter a name.";
  return length > 80 ? "A name has at most 80 characters." : null;
}

export function newPassword(value: string): string | null {
  const length = [...value].length;
  if (length < 10) return "A password has at least ten characters.";
  return length > 200 ? "A password has at most 200 characters." : null;
}

export function given(value: string): string | null {
  return value === "" ? "Enter the password." : null;
}
