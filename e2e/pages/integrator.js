// An integrator's page, written against the public SDK as the vendors' documents describe it. The query says for whom:
// server, accountId, apikey, cuid, and optionally name, product (signed | direct), images (yes), waiting (yes).
const query = Object.fromEntries(new URLSearchParams(location.search));
const part = id => document.getElementById(id);
const sdk = await import(`${query.server}/sdk/signed-call.mjs`);
const init = query.product === 'direct' ? sdk.initDirectCall : sdk.initSignedCall;
const SIGNED_IN = 'corner-shop-signed-in';

let client;
part('me').textContent = `You are ${query.cuid}`;

function log(line) {
  part('log').append(Object.assign(document.createElement('li'), { textContent: line }));
}

/** An outcome as the integrator gets it: a string, or an error with a code. */
function words(outcome) {
  return typeof outcome === 'object' && outcome !== null ? `${typeof outcome.code} ${outcome.code}: ${outcome.message}` : `${outcome}`;
}

async function signIn() {
  part('state').textContent = 'signing in';
  try {
    client = await init({
      accountId: query.accountId, apikey: query.apikey, cuid: query.cuid, clevertap: window.clevertap,
      ...(query.name ? { name: query.name } : {}), ...(query.waiting ? { callWaiting: true } : {}),
    });
    sessionStorage.setItem(SIGNED_IN, 'yes');
    log('init resolved');
  } catch (error) {
    log(`init rejected with ${words(error)}`);
  }
}

// The documents tell apps to look at isEnabled() before a call: so does this page, all the time.
setInterval(() => {
  const state = client === undefined ? 'signed out' : client.isEnabled() ? 'ready' : 'waiting';
  if (part('state').textContent !== state && (client || part('state').textContent !== 'signing in')) part('state').textContent = state;
}, 50);

part('sign-in').onclick = signIn;
part('log-out').onclick = async () => {
  sessionStorage.removeItem(SIGNED_IN);
  await client.logout();
  client = undefined;
  log('logged out');
};
part('call').onclick = () => {
  const { origin } = location;
  const images = query.images ? { receiver_image: `${origin}/anita.svg`, initiator_image: `${origin}/ravi.svg` } : {};
  client.call(part('receiver').value, part('context').value, images).then(
    status => log(`call resolved with ${words(status)}`),
    error => log(`call rejected with ${words(error)}`),
  );
};
part('metered').onclick = () => client.hangup();

// For tests that pass what no form would.
window.shop = { sdk, init, get client() { return client; } };
if (sessionStorage.getItem(SIGNED_IN)) await signIn();
document.documentElement.dataset.loaded = 'yes';
