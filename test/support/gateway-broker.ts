import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Aedes } from 'aedes';
import { freePort } from '#shared/runtime/free-port';
import { findProgram } from './peers.ts';
import { until } from './until.ts';

export interface TestBroker {
  url: string;
  close(): Promise<void>;
}

/** aedes on a free port, or on the given one, with persistent sessions. */
export async function startAedes(port = 0): Promise<TestBroker> {
  const broker = await Aedes.createBroker();
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    broker.handle(socket);
  });
  await once(server.listen(port, '127.0.0.1'), 'listening');
  return {
    url: `mqtt://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      await new Promise<void>((resolve) => broker.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/** Debian's mosquitto, with access rules for anonymous clients. */
export async function startMosquitto(accessRules: string[] = ['topic readwrite #']): Promise<TestBroker> {
  const program = findProgram('mosquitto');
  if (!program) throw new Error('mosquitto is not installed');
  const folder = mkdtempSync(join(tmpdir(), 'sky-scan-mosquitto-'));
  const port = await freePort();
  const config = join(folder, 'mosquitto.conf');
  writeFileSync(join(folder, 'acl'), `${accessRules.join('\n')}\n`);
  const user = process.getuid?.() === 0 ? 'user root\n' : '';
  writeFileSync(
    config,
    `listener ${port} 127.0.0.1\nallow_anonymous true\npersistence false\nacl_file ${folder}/acl\n${user}`,
  );
  const child = spawn(program, ['-c', config], { stdio: 'ignore' });
  const exited = once(child, 'exit');
  await until('mosquitto listens', () => canConnect(port));
  return {
    url: `mqtt://127.0.0.1:${port}`,
    async close() {
      child.kill('SIGKILL');
      await exited;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export function canConnect(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
