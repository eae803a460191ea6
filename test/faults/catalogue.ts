import { connect } from 'node:net';
import { once } from 'node:events';
import { between, type Random } from '../../services/simulator/domain/random.ts';
import type { Weather } from '../support/tcp-proxy.ts';
import type { Fault } from './fault.ts';
import { RECEIVER_FAULTS } from './receiver-faults.ts';
import { ROTOR_FAULTS } from './rotor-faults.ts';
import { setFaults } from './simulator-faults.ts';
import type { Link, StageProcess } from './stage.ts';

const AT_ONCE = { least: 0, most: 0 };
const SHORT = { least: 200, most: 2_500 };
const LONG = { least: 3_600, most: 6_000 };

function kill(process: StageProcess): Fault {
  return {
    name: `kill ${process}`,
    lastsMs: AT_ONCE,
    takes: process,
    strike: ({ stage }) => stage.kill(process),
  };
}

function freeze(process: StageProcess, lastsMs = SHORT): Fault {
  return {
    name: `freeze ${process}${lastsMs === LONG ? ' long' : ''}`,
    lastsMs,
    takes: process,
    strike: ({ stage }) => stage.freeze(process),
    heal: ({ stage }) => stage.thaw(process),
  };
}

function weather(link: Link, name: string, make: (random: Random) => Weather, lastsMs = SHORT): Fault {
  return {
    name: `${link} ${name}`,
    lastsMs,
    strike: ({ stage, random }) => stage.links[link].setWeather(make(random)),
    heal: ({ stage }) => stage.links[link].setWeather({ kind: 'clear' }),
  };
}

function cut(link: Link): Fault {
  return { name: `${link} cut`, lastsMs: AT_ONCE, strike: ({ stage }) => stage.links[link].cut() };
}

function simulated(name: string, on: object, off: object, pauses = false): Fault {
  return {
    name,
    lastsMs: SHORT,
    pauses,
    strike: (scene) => setFaults(scene, on),
    heal: (scene) => setFaults(scene, off),
  };
}

const refuse = (): Weather => ({ kind: 'refuse' });
const silent = (): Weather => ({ kind: 'silent' });
const slow = (random: Random): Weather => ({ kind: 'delay', ms: Math.round(between(random, 20, 300)) });
const drip = (random: Random): Weather => ({ kind: 'drip', bytes: 1 + Math.floor(between(random, 0, 4)) });
const garble = (random: Random): Weather => ({ kind: 'garble', chance: 0.02, random });

/** Everything that the runner lets happen. */
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
  weather('rotctld', 'refused', refuse),
  weather('rotctld', 'silent', silent),
  weather('rotctld', 'slow', slow),
  weather('rotctld', 'dripping', drip),
  weather('rotctld', 'garbled', garble),
  cut('rotctld'),
  weather('rtl_tcp', 'refused', refuse),
  weather('rtl_tcp', 'silent', silent),
  cut('rtl_tcp'),
  weather('broker', 'refused', refuse),
  weather('broker', 'silent', silent),
  weather('broker', 'slow', slow),
  cut('broker'),
  weather('database', 'refused', refuse),
  weather('database', 'silent', silent),
  weather('database', 'slow', slow),
  cut('database'),
  simulated('rotor stalls', { stall: true }, { stall: false }, true),
  simulated('readback jumps', { jump_deg: 30 }, { jump_deg: 0 }, true),
  simulated('rotctld mute', { rotctld_silent: true }, { rotctld_silent: false }),
  simulated('dongle mute', { dongle_silent: true }, { dongle_silent: false }),
  simulated('dongle gone', { dongle_drop: true }, { dongle_drop: false }),
  {
    name: 'moved by another client',
    lastsMs: AT_ONCE,
    pauses: true,
    // Not through the proxy: its log is of what Sky Scan sends.
    strike: ({ stage }) => say(stage.stack.addresses.simulator.rotctldPort, 'P 200 80\n'),
  },
  {
    name: 'stop by hand',
    lastsMs: AT_ONCE,
    pauses: true,
    strike: async ({ stage, rotorId }) => {
      await stage.stack.api('POST', `/api/rotors/${rotorId}/stop`);
    },
  },
  {
    name: 'pause',
    lastsMs: SHORT,
    pauses: true,
    asksForPause: true,
    strike: async ({ stage, sessionId }) => {
      await stage.stack.api('POST', `/api/skyscan/${sessionId}/pause`);
    },
  },
  ...ROTOR_FAULTS,
  ...RECEIVER_FAULTS,
];

async function say(port: number, line: string): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  socket.end(line);
  socket.resume();
  await once(socket, 'close');
}
