import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';

/** A connection as a script sees it. */
export interface Caller {
  /** 1 for the first connection. */
  connection: number;
  reply: (text: string) => void;
  /** Sends the text repeatedly, as fast as possible, until the connection closes. */
  flood: (text: string) => void;
  hangUp: () => void;
}

/** Handles a received line. */
export type Script = (line: string, caller: Caller) => void;

/** A rotctld whose replies the test scripts byte by byte. */
export interface ScriptedRotctld {
  port: number;
  /** Every line received, in order, as `connection:line`. */
  log: string[];
  connections: number;
  /** Currently open connections. */
  open: number;
  script: Script;
  /** Maximum number of simultaneous connections. */
  maxOpen: number;
  closeAll(): void;
  /** Called for each new connection before the first line. */
  onConnect?: (caller: Caller) => void;
  /** Bytes sent by `flood`. */
  floodedBytes: number;
  close(): Promise<void>;
}

export interface ScriptedOptions {
  /** Serves one client at a time; the value tells what happens to the others. */
  oneClient?:
    'leaves the second one waiting' | 'hangs up on the second one' | 'opens its port again after each one';
}

// How long the port stays closed after each client.
const AWAY_MS = 60;

export async function startScriptedRotctld(
  script: Script,
  { oneClient }: ScriptedOptions = {},
): Promise<ScriptedRotctld> {
  const sockets = new Set<Socket>();
  const waiting: Socket[] = [];
  const serveOne = (socket: Socket) => {
    if (sockets.size === 0) {
      if (oneClient === 'opens its port again after each one') server.close();
      serve(socket);
    } else if (oneClient === 'leaves the second one waiting') {
      socket.pause();
      waiting.push(socket);
    } else socket.destroy();
  };
  const serveNext = () => {
    const next = waiting.shift();
    if (next) serve(next.resume());
    else if (oneClient === 'opens its port again after each one' && !closed)
      setTimeout(() => closed || server.listening || server.listen(scripted.port, '127.0.0.1'), AWAY_MS);
  };
  let closed = false;
  const serve = (socket: Socket) => {
    sockets.add(socket);
    scripted.maxOpen = Math.max(scripted.maxOpen, sockets.size);
    const connection = ++scripted.connections;
    const caller: Caller = {
      connection,
      reply: (text) => void socket.write(text),
      flood(text) {
        const next = () => {
          scripted.floodedBytes += text.length;
          // Without setImmediate, writes that complete at once would block the rest of this
          // process.
          if (!socket.destroyed) socket.write(text, () => setImmediate(next));
        };
        next();
      },
      hangUp: () => socket.destroy(),
    };
    scripted.onConnect?.(caller);
    let rest = '';
    socket.on('data', (bytes) => {
      const lines = (rest + bytes.toString()).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        scripted.log.push(`${connection}:${line}`);
        scripted.script(line, caller);
      }
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      sockets.delete(socket);
      if (oneClient) serveNext();
    });
  };
  const server = createServer(oneClient ? serveOne : serve).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const scripted: ScriptedRotctld = {
    port: typeof address === 'object' && address ? address.port : 0,
    log: [],
    connections: 0,
    floodedBytes: 0,
    maxOpen: 0,
    get open() {
      return sockets.size;
    },
    script,
    closeAll() {
      for (const socket of sockets) socket.destroy();
    },
    async close() {
      closed = true;
      const ended = new Promise((resolve) => server.close(resolve));
      for (const socket of [...sockets, ...waiting]) socket.destroy();
      await ended;
    },
  };
  return scripted;
}

/** An ideal rotator: moves at `degPerS` on both axes and stops on target. */
export interface FakeRotator {
  read: () => [number, number];
  go: (azimuthDeg: number, elevationDeg: number) => void;
  stop: () => void;
}

export function createFakeRotator(degPerS = 60): FakeRotator {
  let from: [number, number] = [0, 0];
  let to: [number, number] = [0, 0];
  let sinceMs = performance.now();
  const read = (): [number, number] => {
    const wayDeg = (degPerS * (performance.now() - sinceMs)) / 1000;
    const axis = (index: 0 | 1) => {
      const rest = to[index] - from[index];
      return from[index] + Math.sign(rest) * Math.min(Math.abs(rest), wayDeg);
    };
    return [axis(0), axis(1)];
  };
  const set = (here: [number, number], target: [number, number]) => {
    from = here;
    to = target;
    sinceMs = performance.now();
  };
  const stop = () => {
    const here = read();
    set(here, here);
  };
  return { read, go: (azimuth, elevation) => set(read(), [azimuth, elevation]), stop };
}

/**
 * A rotator whose controller reports its position only at rest, after `lagMs`; in motion it repeats
 * the start of the move.
 */
export function reportingAtRestOnly(rotator: FakeRotator, lagMs = 0): FakeRotator {
  let shown = rotator.read();
  let goal: [number, number] | undefined;
  let restsSinceMs: number | undefined;
  const observe = () => {
    if (!goal) return;
    const now = rotator.read();
    if (now.join() !== goal.join()) return;
    restsSinceMs ??= performance.now();
    if (performance.now() - restsSinceMs < lagMs) return;
    shown = now;
    goal = undefined;
  };
  const head = (to: [number, number]) => {
    observe();
    goal = to;
    restsSinceMs = undefined;
  };
  return {
    read() {
      observe();
      return shown;
    },
    go(azimuthDeg, elevationDeg) {
      head([azimuthDeg, elevationDeg]);
      rotator.go(azimuthDeg, elevationDeg);
    },
    stop() {
      rotator.stop();
      head(rotator.read());
    },
  };
}

/** Hamlib's protocol for a rotator, in the extended and the plain form. */
export function hamlibScript(rotator: FakeRotator): Script {
  return (line, { reply }) => {
    const [az, el] = rotator.read();
    const move = /^\+?P (\S+) (\S+)$/.exec(line);
    if (move) rotator.go(Number(move[1]), Number(move[2]));
    if (/^\+?S$/.test(line)) rotator.stop();
    if (line === '+p') reply(`get_pos:\nAzimuth: ${az.toFixed(2)}\nElevation: ${el.toFixed(2)}\nRPRT 0\n`);
    else if (line === 'p') reply(`${az.toFixed(2)}\n${el.toFixed(2)}\n`);
    else if (line.startsWith('+P')) reply(`set_pos: ${line.slice(3)}\nRPRT 0\n`);
    else if (line === '+S') reply('stop:\nRPRT 0\n');
    else if (line === 'S' || move) reply('RPRT 0\n');
    else if (line === '+\\dump_state') reply(`dump_state:\n${STATE}RPRT 0\n`);
    else if (line === '+\\dump_caps') reply('dump_caps:\nModel name:\t\tScript\nMfg name:\t\tTest\nRPRT 0\n');
  };
}

/** Supports only `p P S _`; other commands are unknown. */
export function plainScript(rotator: FakeRotator): Script {
  const hamlib = hamlibScript(rotator);
  return (line, caller) => {
    if (/^(p|S|P .*)$/.test(line)) hamlib(line, caller);
    else if (line === '_') caller.reply('Birdcage\n');
    else caller.reply('RPRT 1\n');
  };
}

/** A slow link: every reply takes `ms`, and commands arrive after the same delay. */
export function slowScript(script: Script, ms: number): Script {
  let last = Promise.resolve();
  return (line, caller) => {
    last = last.then(() => new Promise((resolve) => setTimeout(resolve, ms)));
    void last.then(() => script(line, caller));
  };
}

/** Refuses position queries with `code` while `when` returns true for the number of the query. */
export function refusePositionQueries(
  script: Script,
  code: number,
  when: (query: number) => boolean,
): Script {
  let queries = 0;
  return (line, caller) => {
    if (!/^\+?p$/.test(line) || !when(++queries)) script(line, caller);
    else caller.reply(line === 'p' ? `RPRT ${code}\n` : `get_pos:\nRPRT ${code}\n`);
  };
}

const STATE = `rotctld Protocol Ver: 1
Rotor Model: 1
Minimum Azimuth: -180.000000
Maximum Azimuth: 450.000000
Minimum Elevation: 0.000000
Maximum Elevation: 90.000000
South Zero: 0
done
`;

/** For servers that reply to everything, on a busy host. */
export const PATIENT_TIMINGS = {
  extendedMs: 20_000,
  describeMs: 20_000,
  commandMs: 20_000,
  connectMs: 20_000,
  stopTimeoutMs: 20_000,
  idleMs: 60_000,
};

/** Short timeouts, so that tests of missing replies are fast. */
export const QUICK_TIMINGS = {
  extendedMs: 300,
  describeMs: 300,
  commandMs: 400,
  connectMs: 1_000,
  stopTimeoutMs: 50,
  idleMs: 60_000,
};
