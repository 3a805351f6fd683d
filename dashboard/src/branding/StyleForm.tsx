import { Alert, ColorInput, Radio, Stack, Switch } from "@mantine/core";
import { IconAlertTriangle, IconCheck } from "@tabler/icons-react";
import type { Branding } from "../generated/api";
import { readability } from "./contrast";
import { isColour } from "./draft";

interface Props {
  readonly branding: Branding;
  readonly disabled: boolean;
  readonly change: (part: Partial<Branding>) => void;
}

/** Colours, buttons, and whether the screens name Tring. */
export function StyleForm({ branding, disabled, change }: Props) {
  return (
    <Stack gap="md">
      <Colour
        label="Background colour"
        value={branding.backgroundColor}
        disabled={disabled}
        change={(backgroundColor) => change({ backgroundColor })}
      />
      <Colour
        label="Text colour"
        value={branding.textColor}
        disabled={disabled}
        change={(textColor) => change({ textColor })}
      />
      <Contrast branding={branding} />
      <Radio.Group
        label="Button theme"
        description="Of the buttons that are neither green nor red."
        value={branding.buttonTheme}
        onChange={(value) => change({ buttonTheme: value === "white" ? "white" : "default" })}
      >
        <Stack gap="xs" mt="xs">
          <Radio value="default" label="Default: a shade of the text colour" disabled={disabled} />
          <Radio value="white" label="White, with dark symbols" disabled={disabled} />
        </Stack>
      </Radio.Group>
      <Switch
        label="Show “powered by Tring”"
        checked={branding.poweredBy}
        disabled={disabled}
        onChange={(event) => change({ poweredBy: event.currentTarget.checked })}
      />
    </Stack>
  );
}

interface ColourProps {
  readonly label: string;
  readonly value: string;
  readonly disabled: boolean;
  readonly change: (value: string) => void;
}

function Colour({ label, value, disabled, change }: ColourProps) {
  return (
    <ColorInput
      label={label}
      format="hex"
      value={value}
      disabled={disabled}
      fixOnBlur={false}
      error={isColour(value) ? null : "Write a colour as #rrggbb, for example #1b1f3b."}
      onChange={change}
      eyeDropperButtonProps={{ "aria-label": `Pick the ${label.toLowerCase()} from the screen` }}
    />
  );
}

function Contrast({ branding }: { readonly branding: Branding }) {
  const found = readability(branding.backgroundColor, branding.textColor);
  if (!found) return null;
  const good = found.level === "good";
  return (
    <Alert
      role="status"
      variant="light"
      color={good ? "green" : found.level === "weak" ? "yellow" : "red"}
      icon={good ? <IconCheck /> : <IconAlertTriangle />}
    >
      {found.sentence}
    </Alert>
  );
}
