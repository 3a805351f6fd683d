/** Firewalls that let no UDP through, or nothing but what looks like a web server. */

import { blockTcp, blockUdp } from '../../network/faults.ts';
import { setStage, type Stage } from '../../network/stage.ts';
import { startTurn, type Turn } from '../../network/turn.ts';
import { expectPath, inLab, type Call } from './scenario.ts';

inLab('firewall', scenario => {
  scenario('UDP is blocked from the start: the call takes TCP', async ({ meera, anita, expectItGoesOn }) => {
    await expectPath(meera, 'tcp');
    await expectPath(anita, 'udp');
    await expectItGoesOn();
  }, { before: (stage, during) => void during(blockUdp(stage.lab)) });

  scenario('UDP is blocked in mid-call: the call goes on over TCP', async ({ lab, during, meera, through, expectItGoesOn }) => {
    await expectPath(meera, 'udp');
    await through(8, () => void during(blockUdp(lab)));
    await expectItGoesOn();
    await expectPath(meera, 'tcp');
  });
});

let turn: Turn;

inLab('firewall with TURN', scenario => {
  scenario('only TCP to the TURN server gets through: the call takes it', async ({ meera, anita, expectItGoesOn }) => {
    await expectPath(meera, 'turn tcp');
    await expectPath(anita, 'udp');
    await expectItGoesOn();
  }, { before: (stage, during) => blockAudio(stage, during) });

  // Firefox cannot be told from outside to trust a certificate for TURN that nobody signed.
  scenario('only TLS on port 443 gets through: the call takes it', async ({ meera, expectItGoesOn }) => {
    await expectPath(meera, 'turn tls');
    await expectItGoesOn();
  }, {
    browsers: ['chromium'],
    trusts: () => turn.spki,
    before(stage, during) {
      blockAudio(stage, during);
      during(blockTcp(stage.lab, Number(/:(\d+)\?/.exec(turn.urls.tcp)?.[1])));
    },
  });
}, async () => {
  const stage = await setStage('firewall-turn');
  turn = await startTurn(stage.lab, 'firewall');
  stage.tring.run('turn-server', 'add', stage.account.accountId, turn.urls.tcp, turn.urls.tls, '--secret-file', turn.secretFile);
  return { ...stage, close: async () => void await Promise.all([turn.stop(), stage.close()]) };
});

/** Lets signalling through, and no audio to the relay by any protocol. */
function blockAudio(stage: Stage, during: Call['during']): void {
  during(blockUdp(stage.lab));
  during(blockTcp(stage.lab, stage.tring.relayPort));
}
