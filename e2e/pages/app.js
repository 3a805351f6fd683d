// An app on Tring's own API, with the SDK's screens. The query says for whom: server, accountId, apikey, cuid.
const query = Object.fromEntries(new URLSearchParams(location.search));
const part = id => document.getElementById(id);

function log(line) {
  part('log').append(Object.assign(document.createElement('li'), { textContent: line }));
}

// Tests pull these plugs: the tracks of all microphones that the page was given.
const microphones = [];
const getUserMedia = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
navigator.mediaDevices.getUserMedia = async constraints => {
  const stream = await getUserMedia(constraints);
  microphones.push(...stream.getAudioTracks());
  return stream;
};

const { signIn } = await import(`${query.server}/sdk/tring.mjs`);
part('me').textContent = `You are ${query.cuid}`;
window.app = { client: undefined, microphones, qualities: [] };

part('sign-in').onclick = async () => {
  const client = await signIn({ server: query.server, accountId: query.accountId, apikey: query.apikey, cuid: query.cuid });
  client.on('call', call => call.on('quality', quality => window.app.qualities.push(quality)));
  window.app.client = client;
  log('init resolved');
  setInterval(() => { part('state').textContent = client.isConnected ? 'ready' : 'waiting'; }, 50);
};
part('call').onclick = () => window.app.client.call(part('receiver').value, { context: part('context').value });
document.documentElement.dataset.loaded = 'yes';
