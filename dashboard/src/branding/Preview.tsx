/** A device drawn on the page, with the SDK's own call screen in it. */
import { useEffect, useRef, useState } from "react";
import type { Branding } from "../generated/api";
import { messageOf } from "../page-message";
import { DeviceFrame } from "./DeviceFrame";
import type { Draw, PreviewDevice, PreviewScreen, Ready } from "./preview/messages";

const SCREENS: Record<PreviewScreen, string> = {
  outgoing: "Outgoing",
  incoming: "Incoming",
  ongoing: "Ongoing",
};

const DEVICES: Record<PreviewDevice, string> = { android: "Android", ios: "iOS", web: "Web" };

interface Props {
  device: PreviewDevice;
  screen: PreviewScreen;
  branding: Branding;
}

export function Preview({ device, screen, branding }: Props) {
  const frame = useRef<HTMLIFrameElement>(null);
  const [ready, setReady] = useState(false);

  useEffect(() => {
    const listen = (event: MessageEvent<unknown>) => {
      if (event.source === frame.current?.contentWindow && messageOf<Ready>(event, "ready")) setReady(true);
    };
    window.addEventListener("message", listen);
    return () => window.removeEventListener("message", listen);
  }, []);

  useEffect(() => {
    if (!ready) return;
    const draw: Draw = { type: "draw", device, screen, branding };
    frame.current?.contentWindow?.postMessage(draw, window.location.origin);
  }, [ready, device, screen, branding]);

  return (
    <DeviceFrame
      device={device}
      size="small"
      caption={SCREENS[screen]}
      background={branding.backgroundColor}
      ink={branding.textColor}
    >
      {/* To be looked at only: no key and no reader gets into the buttons of a call that is none. */}
      <iframe
        ref={frame}
        src="/preview.html"
        title={`${SCREENS[screen]} call screen on ${DEVICES[device]}`}
        tabIndex={-1}
        inert
      />
    </DeviceFrame>
  );
}
