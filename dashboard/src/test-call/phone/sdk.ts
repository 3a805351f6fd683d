/** The SDK that this server serves to everybody: loaded from its public address, and not built into the dashboard. */
import type { InitOptions, SignedCallClient } from "@tring/signed-call";

export type CallClient = Pick<SignedCallClient, "call" | "isEnabled">;

interface Sdk {
  initSignedCall(options: InitOptions): Promise<CallClient>;
}

const ADDRESS = "/sdk/signed-call.mjs";

export async function loadSdk(): Promise<Sdk> {
  return import(/* @vite-ignore */ ADDRESS);
}
