/** From the app's options to a signed-in client, in the vendors' order. */
import {
  checkNetwork,
  type Client,
  createClient,
  describeDevice,
  deviceId,
  missingSupport,
  serverAddress,
} from "@tring/core";
import { version } from "../package.json";
import { announceSdk, cleverTapIds, pushEvent } from "./clevertap";
import { checkInitOptions, type InitOptions, type Product } from "./options";

/**
 * Signs in. Rejects at once with what cannot be mended by waiting; when the server is not reached within five seconds
 * it goes on trying and returns a client that is not enabled yet.
 */
export async function signIn(options: InitOptions, product: Product): Promise<Client> {
  checkInitOptions(options, product);
  const { accountId, apikey, token, getToken, cuid, clevertap, name, ringtone, texts } = options;
  const server = serverAddress(options.server);
  announceSdk(clevertap, version);
  const unsupported = missingSupport(window);
  if (unsupported) throw unsupported;
  askForNotifications();
  const ids = await cleverTapIds(clevertap);
  const client = createClient({
    server,
    texts,
    ringtone,
    getToken,
    callWaiting: options.callWaiting === true,
    // One call at a time, as the documents have it.
    hold: false,
    check: checkNetwork,
    identity: {
      account: accountId,
      ...(apikey ? { apikey } : {}),
      ...(token ? { token } : {}),
      cuid,
      ...(name ? { name: name.trim() } : {}),
      device: await describeDevice(window, deviceId(window)),
      sdk: { name: product.name, version },
      capabilities: [],
    },
    onEvent: (event) => pushEvent(clevertap, { ...ids, scAccountId: accountId, cuid }, event),
  });
  await client.ready;
  if (options.noiseSuppression === false) client.sound.setNoiseSuppression(false);
  return client;
}

/** As the documents have it: the browser asks when the SDK is initialised, and the answer is not waited for. */
function askForNotifications(): void {
  if (typeof Notification === "undefined" || Notification.permission !== "default") return;
  try {
    // Old Safari takes a callback and returns nothing.
    Promise.resolve(Notification.requestPermission()).catch(() => {});
  } catch {
    // A page in a frame may not ask.
  }
}
