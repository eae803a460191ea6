import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { freePort } from '#shared/runtime/free-port';
import { findProgram } from './peers.ts';
import { until } from './until.ts';

/** Hamlib's own rotctld. */
export interface RealRotctld {
  port: number;
  /** Sends a line on a new connection, as another client would; resolves with the reply. */
  send(line: string): Promise<string>;
  position(): Promise<{ azimuthDeg: number; elevationDeg: number }>;
  /** kill -9. */
  kill(): Promise<void>;
  /** Starts it again on the same port; a dummy rotator then starts at 0, 0. */
  restart(): Promise<void>;
}

/**
 * Default model: Hamlib's dummy rotator, 6 deg/s on both axes, azimuth -180..450, elevation 0..90.
 */
export async function startRealRotctld(model: string[] = ['-m', '1']): Promise<RealRotctld> {
  const port = await freePort();
  let child = await launch(port, model);
  const send = (line: string) => ask(port, line);
  return {
    port,
    send,
    async position() {
      const [azimuth, elevation] = (await send('p')).split('\n').map(Number);
      return { azimuthDeg: azimuth ?? NaN, elevationDeg: elevation ?? NaN };
    },
    kill: () => end(child),
    async restart() {
      await end(child);
      child = await launch(port, model);
    },
  };
}

/** Whether two position readings 150 ms apart are equal. */
export async function isStationary(rotctld: RealRotctld): Promise<boolean> {
  const before = await rotctld.position();
  await ask(rotctld.port, 'p', 150);
  const after = await rotctld.position();
  return before.azimuthDeg === after.azimuthDeg && before.elevationDeg === after.elevationDeg;
}

async function launch(port: number, model: string[]): Promise<ChildProcess> {
  const program = findProgram('rotctld');
  if (!program) throw new Error('rotctld is not installed');
  const child = spawn(program, [...model, '-T', '127.0.0.1', '-t', String(port)], { stdio: 'ignore' });
  await until(`rotctld on port ${port}`, () => ask(port, 'p').catch(() => undefined));
  return child;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}

/** Sends a line on a new connection, `afterMs` after connecting. */
async function ask(port: number, line: string, afterMs = 0): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    if (afterMs > 0) await new Promise((resolve) => setTimeout(resolve, afterMs));
    socket.write(`${line}\n`);
    let text = '';
    for await (const bytes of socket) {
      text += String(bytes);
      if (/^RPRT -?\d+\n$/m.test(text) || text.split('\n').length > 2) return text;
    }
    throw new Error('rotctld closed the connection');
  } finally {
    socket.destroy();
  }
}
