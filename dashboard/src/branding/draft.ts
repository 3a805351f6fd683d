/** What a person is changing of a branding, before it is saved. */
import { parse } from "@tring/core/screen/palette";
import type { Branding } from "../generated/api";

export function isSame(one: Branding, other: Branding): boolean {
  return (
    one.logo === other.logo &&
    one.backgroundColor.toLowerCase() === other.backgroundColor.toLowerCase() &&
    one.textColor.toLowerCase() === other.textColor.toLowerCase() &&
    one.buttonTheme === other.buttonTheme &&
    one.poweredBy === other.poweredBy
  );
}

export function isColour(text: string): boolean {
  return parse(text) !== undefined;
}

/** The draft as it can be drawn: a colour that is being typed stays as it was. */
export function withoutHalfTyped(draft: Branding, before: Branding): Branding {
  return {
    ...draft,
    backgroundColor: isColour(draft.backgroundColor) ? draft.backgroundColor : before.backgroundColor,
    textColor: isColour(draft.textColor) ? draft.textColor : before.textColor,
  };
}
