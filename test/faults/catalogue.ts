import { connect } from 'node:net';
import { once } from 'node:events';
import { between, type Random } from '../../services/simulator/domain/random.ts';
import type { LinkCondition } from '../support/tcp-proxy.ts';
import type { Fault } from './fault.ts';
import { RECEIVER_FAULTS } from './receiver-faults.ts';
import { ROTOR_FAULTS } from './rotor-faults.ts';
import { setFaults } from './simulator-faults.ts';
import type { LinkName, FixtureProcess } from './fixture.ts';

const MOMENTARY = { min: 0, max: 0 };
const SHORT = { min: 200, max: 2_500 };
const LONG = { min: 3_600, max: 6_000 };

function kill(process: FixtureProcess): Fault {
  return {
    name: `kill ${process}`,
    lastsMs: MOMENTARY,
    process,
    inject: ({ fixture }) => fixture.kill(process),
  };
}

function freeze(process: FixtureProcess, lastsMs = SHORT): Fault {
  return {
    name: `freeze ${process}${lastsMs === LONG ? ' long' : ''}`,
    lastsMs,
    process,
    inject: ({ fixture }) => fixture.freeze(process),
    clear: ({ fixture }) => fixture.thaw(process),
  };
}

function impair(
  link: LinkName,
  name: string,
  make: (random: Random) => LinkCondition,
  lastsMs = SHORT,
): Fault {
  return {
    name: `${link} ${name}`,
    lastsMs,
    inject: ({ fixture, random }) => fixture.links[link].setCondition(make(random)),
    clear: ({ fixture }) => fixture.links[link].setCondition({ kind: 'normal' }),
  };
}

function cut(link: LinkName): Fault {
  return { name: `${link} cut`, lastsMs: MOMENTARY, inject: ({ fixture }) => fixture.links[link].cut() };
}

function simulated(name: string, on: object, off: object, pauses = false): Fault {
  return {
    name,
    lastsMs: SHORT,
    pauses,
    inject: (context) => setFaults(context, on),
    clear: (context) => setFaults(context, off),
  };
}

const refuse = (): LinkCondition => ({ kind: 'refuse' });
const silent = (): LinkCondition => ({ kind: 'silent' });
const slow = (random: Random): LinkCondition => ({ kind: 'delay', ms: Math.round(between(random, 20, 300)) });
const drip = (random: Random): LinkCondition => ({
  kind: 'drip',
  bytes: 1 + Math.floor(between(random, 0, 4)),
});
const garble = (random: Random): LinkCondition => ({ kind: 'garble', chance: 0.02, random });

/** All faults that the runner may inject. */
export const CATALOGUE: readonly Fault[] = [
  kill('api-gateway'),
  kill('scan-orchestrator'),
  kill('rotor-driver'),
  kill('sdr-sampler'),
  kill('simulator'),
  kill('mqtt-broker'),
  kill('postgres'),
  freeze('api-gateway'),
  freeze('scan-orchestrator'),
  freeze('scan-orchestrator', LONG),
  freeze('rotor-driver'),
  freeze('sdr-sampler'),
  freeze('simulator'),
  freeze('mqtt-broker'),
  impair('rotctld', 'refused', refuse),
  impair('rotctld', 'silent', silent),
  impair('rotctld', 'slow', slow),
  impair('rotctld', 'dripping', drip),
  impair('rotctld', 'garbled', garble),
  cut('rotctld'),
  impair('rtl_tcp', 'refused', refuse),
  impair('rtl_tcp', 'silent', silent),
  cut('rtl_tcp'),
  impair('broker', 'refused', refuse),
  impair('broker', 'silent', silent),
  impair('broker', 'slow', slow),
  cut('broker'),
  impair('database', 'refused', refuse),
  impair('database', 'silent', silent),
  impair('database', 'slow', slow),
  cut('database'),
  simulated('rotor stalls', { stall: true }, { stall: false }, true),
  simulated('readback jumps', { jump_deg: 30 }, { jump_deg: 0 }, true),
  simulated('rotctld mute', { rotctld_silent: true }, { rotctld_silent: false }),
  simulated('dongle mute', { dongle_silent: true }, { dongle_silent: false }),
  simulated('dongle gone', { dongle_drop: true }, { dongle_drop: false }),
  {
    name: 'moved by another client',
    lastsMs: MOMENTARY,
    pauses: true,
    // Not through the proxy, whose log contains only commands of Sky Scan.
    inject: ({ fixture }) => send(fixture.stack.addresses.simulator.rotctldPort, 'P 200 80\n'),
  },
  {
    name: 'stop by hand',
    lastsMs: MOMENTARY,
    pauses: true,
    inject: async ({ fixture, rotorId }) => {
      await fixture.stack.api('POST', `/api/rotors/${rotorId}/stop`);
    },
  },
  {
    name: 'pause',
    lastsMs: SHORT,
    pauses: true,
    asksForPause: true,
    inject: async ({ fixture, sessionId }) => {
      await fixture.stack.api('POST', `/api/skyscan/${sessionId}/pause`);
    },
  },
  ...ROTOR_FAULTS,
  ...RECEIVER_FAULTS,
];

async function send(port: number, line: string): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  socket.end(line);
  socket.resume();
  await once(socket, 'close');
}
