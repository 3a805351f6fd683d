/** The outline of a phone or of a browser window around what runs in it. */
import type { ReactNode } from "react";
import classes from "./DeviceFrame.module.css";
import type { PreviewDevice } from "./preview/messages";

interface Props {
  device: PreviewDevice;
  /** Small to be looked at, large to be used. */
  size: "small" | "large";
  caption: string;
  /** The colour of a phone's status bar, and of what is written in it. */
  background: string;
  ink: string;
  children: ReactNode;
}

export function DeviceFrame({ device, size, caption, background, ink, children }: Props) {
  return (
    <figure className={classes.figure}>
      <div className={classes.device} data-device={device} data-size={size}>
        <div
          className={classes.bar}
          style={device === "web" ? undefined : { background, color: ink }}
          aria-hidden="true"
        >
          {device === "web" ? <span className={classes.address}>shop.example</span> : <span>9:41</span>}
          {device === "web" ? null : <span className={classes.camera} />}
          {device === "web" ? null : <span>5G</span>}
        </div>
        <div className={classes.screen}>{children}</div>
      </div>
      <figcaption>{caption}</figcaption>
    </figure>
  );
}
