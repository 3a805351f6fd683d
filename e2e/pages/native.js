// A page written against Tring's own API: every call is an object, several at a time. The query says for whom: server,
// accountId, apikey, cuid, and optionally name and screens (no).
const query = Object.fromEntries(new URLSearchParams(location.search));
const part = id => document.getElementById(id);
const { signIn } = await import(`${query.server}/sdk/tring.mjs`);

let client;
part('me').textContent = `You are ${query.cuid}`;

function log(line) {
  part('log').append(Object.assign(document.createElement('li'), { textContent: line }));
}

/** One line of the list per call, with buttons of the page's own. */
function show() {
  part('calls').replaceChildren(...client.calls.map(call => {
    const line = document.createElement('li');
    const words = [call.state, call.isHeld && 'held here', call.isPeerHeld && 'held there', call.isWaiting && 'waiting', call.isPeerMuted && 'muted there'];
    line.textContent = `${call.peer.cuid}: ${words.filter(Boolean).join(', ')}`;
    for (const [name, act] of [
      ['take', () => call.answer()], ['refuse', () => call.decline()], ['hold', () => call.hold()],
      ['resume', () => call.resume()], ['end', () => call.hangup()],
    ]) {
      const button = Object.assign(document.createElement('button'), { textContent: `${name} ${call.peer.cuid}` });
      button.onclick = act;
      line.append(button);
    }
    return line;
  }));
}

function watch(call) {
  call.on('change', show);
  call.on('quality', quality => { (window.qualities ??= []).push(quality); });
  call.ended.then(({ status, reason, error }) => {
    log(`call ended ${status} ${reason ?? error?.code}`);
    show();
  });
  show();
}

part('sign-in').onclick = async () => {
  try {
    client = await signIn({
      server: query.server, accountId: query.accountId, apikey: query.apikey, cuid: query.cuid,
      ...(query.name ? { name: query.name } : {}), screens: query.screens !== 'no',
    });
    client.on('call', watch);
    client.on('incoming', call => log(`incoming from ${call.peer.cuid}`));
    client.on('elsewhere', calls => log(`elsewhere ${calls.map(({ peer }) => peer.cuid).join(' ') || 'nothing'}`));
    for (const call of client.calls) watch(call);
    log('init resolved');
    setInterval(() => {
      const state = client.isConnected ? 'ready' : 'waiting';
      if (part('state').textContent !== state) part('state').textContent = state;
    }, 50);
  } catch (error) {
    log(`init rejected with ${error.code}: ${error.message}`);
  }
};
part('call').onclick = () => client.call(part('receiver').value, { context: part('context').value });

// For tests that use what no page has a button for.
window.desk = { get client() { return client; } };
document.documentElement.dataset.loaded = 'yes';
