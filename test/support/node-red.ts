import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { fileURLToPath } from 'node:url';
import { WebSocket } from 'ws';
import { freePorts } from '../../services/launcher/ports.ts';
import { until } from './until.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const PACKAGE = join(ROOT, 'test/node-red');
/** Flows for users; one tab each, with the same broker. */
const FLOWS = join(ROOT, 'deploy/node-red');

/** A node of a flow file. */
export interface FlowNode {
  id: string;
  type: string;
  z?: string;
  name?: string;
  [property: string]: unknown;
}

/** A message that reached a debug node. */
export interface DebugMessage {
  /** `tab: name of the debug node` */
  at: string;
  message: Record<string, unknown>;
}

export interface NodeRed {
  /** Messages of all debug nodes so far. */
  readonly messages: DebugMessage[];
  /** Its log so far. */
  log(): string;
  /** The text below a node in the editor. */
  statusOf(tab: string, name: string): string | undefined;
  /** Presses the button of an inject node. */
  inject(tab: string, name: string): Promise<void>;
  close(): Promise<void>;
}

/** The nodes of a file of `deploy/node-red`. */
export function readFlow(name: string): FlowNode[] {
  return JSON.parse(readFileSync(join(FLOWS, `${name}.json`), 'utf8')) as FlowNode[];
}

/**
 * The folder of the Node-RED of test/node-red/package-lock.json; installs it on first use, into a
 * folder that later runs find.
 */
export async function installNodeRed(): Promise<string> {
  const lock = readFileSync(join(PACKAGE, 'package-lock.json'));
  const version = createHash('sha256').update(lock).digest('hex').slice(0, 16);
  const folder = join(ROOT, 'node_modules/.cache/node-red', version);
  if (existsSync(folder)) return folder;
  mkdirSync(dirname(folder), { recursive: true });
  const next = mkdtempSync(`${folder}-`);
  try {
    for (const file of ['package.json', 'package-lock.json', '.npmrc'])
      cpSync(join(PACKAGE, file), join(next, file));
    // Native parts are optional.
    await promisify(execFile)('npm', ['ci', '--ignore-scripts', '--prefer-offline', '--loglevel=error'], {
      cwd: next,
    });
    renameSync(next, folder);
  } finally {
    rmSync(next, { recursive: true, force: true });
  }
  return folder;
}

/** Starts Node-RED without a browser; resolves when its MQTT nodes are connected. */
export async function startNodeRed(installed: string, flow: readonly FlowNode[]): Promise<NodeRed> {
  const userDir = mkdtempSync(join(tmpdir(), 'sky-scan-node-red-'));
  const [port = 0] = await freePorts(1);
  writeFileSync(join(userDir, 'settings.js'), settings(port));
  writeFileSync(join(userDir, 'flows.json'), JSON.stringify(flow));
  const red = join(installed, 'node_modules/node-red/red.js');
  const child = spawn(process.execPath, [red, '--userDir', userDir], {
    env: { PATH: process.env['PATH'], HOME: userDir },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (bytes: Buffer) => (output += bytes.toString()));
  const exited = once(child, 'close');

  const tabs = new Map(flow.filter(({ type }) => type === 'tab').map(({ id, label }) => [id, String(label)]));
  const find = (tab: string, name: string) => {
    const found = flow.find((node) => node.name === name && tabs.get(node.z ?? '') === tab);
    if (!found) throw new Error(`no node ${name} in the tab ${tab}`);
    return found;
  };
  const messages: DebugMessage[] = [];
  const statuses = new Map<string, string>();
  function receive(topic: string, data: Record<string, unknown>): void {
    if (topic === 'debug') {
      // Warnings and errors of other nodes, which the log has too, arrive here as well.
      const node = flow.find(({ id, type }) => id === data['id'] && type === 'debug');
      if (!node) return;
      const at = `${tabs.get(node.z ?? '') ?? '?'}: ${node.name ?? '?'}`;
      messages.push({ at, message: JSON.parse(String(data['msg'])) as Record<string, unknown> });
    } else if (topic.startsWith('status/'))
      statuses.set(topic.slice(7), (data as { text?: string }).text ?? '');
  }

  async function close(): Promise<void> {
    socket?.terminate();
    child.kill('SIGKILL');
    await exited;
    rmSync(userDir, { recursive: true, force: true });
  }

  // The connection that the editor has.
  let socket: WebSocket | undefined;
  try {
    socket = await until('Node-RED answers', async () => {
      if (child.exitCode !== null) throw new Error(`Node-RED has ended: ${output}`);
      const opening = new WebSocket(`ws://127.0.0.1:${port}/comms`);
      await once(opening, 'open');
      return opening;
    });
    socket.on('message', (bytes: Buffer) => {
      const batch = JSON.parse(bytes.toString()) as { topic: string; data: Record<string, unknown> }[];
      for (const { topic, data } of batch) receive(topic, data);
    });
    for (const topic of ['debug', 'status/#']) socket.send(JSON.stringify({ subscribe: topic }));
    const subscribers = flow.filter(({ type }) => type === 'mqtt in');
    await until('the MQTT nodes are connected', () =>
      subscribers.every(({ id }) => statuses.get(id)?.endsWith('status.connected')),
    );
  } catch (error) {
    await close();
    throw new Error(`Node-RED does not work: ${output}`, { cause: error });
  }
  return {
    messages,
    log: () => output,
    statusOf: (tab, name) => statuses.get(find(tab, name).id),
    async inject(tab, name) {
      const response = await fetch(`http://127.0.0.1:${port}/inject/${find(tab, name).id}`, {
        method: 'POST',
      });
      if (!response.ok) throw new Error(`inject ${name}: ${response.status}`);
    },
    close,
  };
}

function settings(port: number): string {
  const values = {
    uiHost: '127.0.0.1',
    uiPort: port,
    flowFile: 'flows.json',
    credentialSecret: false,
    logging: { console: { level: 'info', metrics: false, audit: false } },
    telemetry: { enabled: false, updateNotification: false },
    externalModules: { autoInstall: false, palette: { allowInstall: false } },
    diagnostics: { enabled: false },
  };
  return `module.exports = ${JSON.stringify(values)};\n`;
}
