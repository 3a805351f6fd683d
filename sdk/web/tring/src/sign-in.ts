/** From the app's options to a signed-in client. */
import { checkNetwork, createClient, describeDevice, deviceId, missingSupport, serverAddress } from "@tring/core";
import { version } from "../package.json";
import { TringClient } from "./client";
import { checkSignInOptions, type SignInOptions } from "./options";

/**
 * Signs a user in.
 *
 * Rejects with a `TringError` for what waiting does not mend: `ERR_MISSING_INITPARAMETERS`,
 * `ERR_INVALID_INITPARAMETERS`, `ERR_BROWSER_UNSUPPORTED`, `ERR_INVALID_CREDENTIALS`, `ERR_TOKEN_REQUIRED`,
 * `ERR_ALREADY_SIGNEDIN`, `ERR_ORIGIN_NOT_ALLOWED` and what else the server refuses a session for. If the server is not
 * reached within five seconds it resolves with a client whose `isConnected` is false until it is.
 */
export async function signIn(options: SignInOptions): Promise<TringClient> {
  checkSignInOptions(options);
  const { accountId, apikey, token, getToken, cuid, name, texts, ringtone } = options;
  const server = serverAddress(options.server);
  const unsupported = missingSupport(window);
  if (unsupported) throw unsupported;
  const core = createClient({
    server,
    texts,
    ringtone,
    getToken,
    screens: options.screens ?? true,
    callWaiting: options.callWaiting ?? true,
    hold: true,
    check: checkNetwork,
    identity: {
      account: accountId,
      ...(apikey === undefined ? {} : { apikey }),
      ...(token === undefined ? {} : { token }),
      cuid,
      ...(name === undefined ? {} : { name: name.trim() }),
      device: await describeDevice(window, deviceId(window)),
      sdk: { name: "tring", version },
      capabilities: [],
    },
    // Analytics in a vendor's words; this API tells what happens by its own events.
    onEvent: () => {},
  });
  await core.ready;
  if (options.noiseSuppression === false) core.sound.setNoiseSuppression(false);
  return new TringClient(core, cuid);
}
