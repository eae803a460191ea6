import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';

/** A connection as a script sees it. */
export interface Caller {
  /** 1 for the first connection that was ever made. */
  connection: number;
  say: (text: string) => void;
  /** Says the same again and again, as fast as it is taken, until it is hung up on. */
  pour: (text: string) => void;
  hangUp: () => void;
}

/** What the server does with a line. */
export type Script = (line: string, caller: Caller) => void;

/** A rotctld that does what a test says, byte by byte. */
export interface ScriptedRotctld {
  port: number;
  /** Every line received, in order, as `connection:line`. */
  log: string[];
  connections: number;
  /** Connections that are open now. */
  open: number;
  script: Script;
  /** Connections that it served at the same time at most. */
  mostOpen: number;
  hangUpOnAll(): void;
  /** What it does with a connection before it was asked anything. */
  greet?: (caller: Caller) => void;
  /** Bytes that were poured out and taken. */
  poured: number;
  close(): Promise<void>;
}

export interface ScriptedOptions {
  /** Serves one client at a time, and what becomes of the others. */
  oneClient?:
    'leaves the second one waiting' | 'hangs up on the second one' | 'opens its port again after each one';
}

// How long a server that opens its port again after each client is away.
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
    scripted.mostOpen = Math.max(scripted.mostOpen, sockets.size);
    const connection = ++scripted.connections;
    const caller: Caller = {
      connection,
      say: (text) => void socket.write(text),
      pour(text) {
        const next = () => {
          scripted.poured += text.length;
          // Writes that the kernel takes at once would keep everybody else in this process waiting.
          if (!socket.destroyed) socket.write(text, () => setImmediate(next));
        };
        next();
      },
      hangUp: () => socket.destroy(),
    };
    scripted.greet?.(caller);
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
    poured: 0,
    mostOpen: 0,
    get open() {
      return sockets.size;
    },
    script,
    hangUpOnAll() {
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

/** A rotator that behaves: moves at `degPerS` on both axes and stops on target. */
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
 * A rotator whose controller reports the position only at rest, `lagMs` later; in motion it repeats
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

/** Speaks Hamlib's extended form, and the plain one to those who use it, for a rotator. */
export function hamlibScript(rotator: FakeRotator): Script {
  return (line, { say }) => {
    const [az, el] = rotator.read();
    const move = /^\+?P (\S+) (\S+)$/.exec(line);
    if (move) rotator.go(Number(move[1]), Number(move[2]));
    if (/^\+?S$/.test(line)) rotator.stop();
    if (line === '+p') say(`get_pos:\nAzimuth: ${az.toFixed(2)}\nElevation: ${el.toFixed(2)}\nRPRT 0\n`);
    else if (line === 'p') say(`${az.toFixed(2)}\n${el.toFixed(2)}\n`);
    else if (line.startsWith('+P')) say(`set_pos: ${line.slice(3)}\nRPRT 0\n`);
    else if (line === '+S') say('stop:\nRPRT 0\n');
    else if (line === 'S' || move) say('RPRT 0\n');
    else if (line === '+\\dump_state') say(`dump_state:\n${STATE}RPRT 0\n`);
    else if (line === '+\\dump_caps') say('dump_caps:\nModel name:\t\tScript\nMfg name:\t\tTest\nRPRT 0\n');
  };
}

/** Knows `p P S _` only and takes everything else for an unknown command. */
export function plainScript(rotator: FakeRotator): Script {
  const hamlib = hamlibScript(rotator);
  return (line, caller) => {
    if (/^(p|S|P .*)$/.test(line)) hamlib(line, caller);
    else if (line === '_') caller.say('Birdcage\n');
    else caller.say('RPRT 1\n');
  };
}

/**
 * A slow line: every answer takes so long. The controller gets a command when the line has carried
 * it.
 */
export function slowLine(script: Script, ms: number): Script {
  let last = Promise.resolve();
  return (line, caller) => {
    last = last.then(() => new Promise((resolve) => setTimeout(resolve, ms)));
    void last.then(() => script(line, caller));
  };
}

/** Refuses position queries, with `code`, while `when` says so; it gets the number of the query. */
export function refusingReadings(script: Script, code: number, when: (query: number) => boolean): Script {
  let queries = 0;
  return (line, caller) => {
    if (!/^\+?p$/.test(line) || !when(++queries)) script(line, caller);
    else caller.say(line === 'p' ? `RPRT ${code}\n` : `get_pos:\nRPRT ${code}\n`);
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

/** Short waits, so that what never comes is not waited for long. */
export const QUICK_TIMINGS = {
  extendedMs: 300,
  describeMs: 300,
  commandMs: 400,
  connectMs: 1_000,
  stopTimeoutMs: 50,
  idleMs: 60_000,
};
