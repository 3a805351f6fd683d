/** The microphones and speakers that the person can choose from. */
import type { DeviceChoice } from "../screen/view";

export interface DeviceLists {
  inputs: DeviceChoice[];
  outputs: DeviceChoice[];
}

/** What is there now. Browsers hide the names, and most of the devices, until the microphone was allowed. */
export async function listDevices(devices: MediaDevices): Promise<DeviceLists> {
  const all = await devices.enumerateDevices().catch(() => []);
  const of = (kind: MediaDeviceKind) =>
    all
      .filter((device) => device.kind === kind && device.deviceId !== "")
      .map(({ deviceId, label }) => ({ id: deviceId, label }));
  return { inputs: of("audioinput"), outputs: of("audiooutput") };
}
