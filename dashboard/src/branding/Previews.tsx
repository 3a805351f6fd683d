import { SegmentedControl } from "@mantine/core";
import { useState } from "react";
import type { Branding } from "../generated/api";
import { Panel } from "../shell/Panel";
import classes from "./BrandingPage.module.css";
import { Preview } from "./Preview";
import type { PreviewDevice } from "./preview/messages";

const DEVICES: { value: PreviewDevice; label: string }[] = [
  { value: "android", label: "Android" },
  { value: "ios", label: "iOS" },
  { value: "web", label: "Web" },
];

/** The three screens of a call on the device that is looked at. */
export function Previews({ branding }: { readonly branding: Branding }) {
  const [device, setDevice] = useState<PreviewDevice>("android");
  return (
    <Panel
      title="Preview"
      lead="Drawn by the SDK itself, so this is what people will see."
      action={
        <SegmentedControl
          aria-label="Device of the preview"
          data={DEVICES}
          value={device}
          onChange={(value) => setDevice(value as PreviewDevice)}
        />
      }
    >
      <div className={classes.frames}>
        <Preview device={device} screen="outgoing" branding={branding} />
        <Preview device={device} screen="incoming" branding={branding} />
        <Preview device={device} screen="ongoing" branding={branding} />
      </div>
    </Panel>
  );
}
