import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram } from '../support/peers.ts';
import { haproxyConfig } from '../support/proxies.ts';
import type { Answer } from '../support/stack.ts';
import type { Machine } from './network.ts';
import { startPart, type Part, type Surroundings } from './part.ts';
import { serviceCommand, serviceEnv } from './services.ts';

/** Two gateways behind HAProxy. */
export interface Gateways {
  nodes: Part[];
  /** `http://host:port` of each gateway. */
  httpUrls: string[];
  balancer: Part;
  /** `http://host:port` of HAProxy. */
  httpUrl: string;
  apiKey: string;
  /** Sends a request through HAProxy. */
  api<T = unknown>(method: string, path: string, body?: unknown): Promise<Answer<T>>;
}

const PORT = 8_080;
const REQUEST_TIMEOUT_MS = 10_000;

export async function startGateways(
  balancerMachine: Machine,
  machines: readonly [Machine, Machine],
  { secretsFolder, ...env }: { secretsFolder: string } & Record<string, string>,
  surroundings: Surroundings,
): Promise<Gateways> {
  // An id is made of the host name, which is the same here, and the port.
  const addresses = machines.map(({ address }, index) => `${address}:${PORT + 1 + index}`);
  const nodes = await Promise.all(
    machines.map((machine, index) =>
      startPart(
        {
          name: machine.name,
          machine,
          command: serviceCommand('api-gateway'),
          env: {
            PATH: process.env['PATH'],
            ...serviceEnv('api-gateway', secretsFolder),
            HTTP_HOST: machine.address,
            HTTP_PORT: String(PORT + 1 + index),
            ALLOWED_HOSTS: balancerMachine.address,
            TRUST_PROXY: balancerMachine.address,
            ...env,
          },
          reportsReady: true,
        },
        surroundings,
      ),
    ),
  );
  const file = join(surroundings.folder, 'haproxy.cfg');
  const front = `${balancerMachine.address}:${PORT}`;
  writeFileSync(file, haproxyConfig(front, addresses as [string, string]));
  const balancer = await startPart(
    {
      name: balancerMachine.name,
      machine: balancerMachine,
      command: [findProgram('haproxy') ?? '', '-db', '-f', file],
      env: {},
    },
    surroundings,
  );
  const httpUrl = `http://${front}`;
  const apiKey = readFileSync(join(secretsFolder, 'api-gateway', 'api-keys'), 'utf8').trim();
  return {
    nodes,
    httpUrls: addresses.map((address) => `http://${address}`),
    balancer,
    httpUrl,
    apiKey,
    async api<T>(method: string, path: string, body?: unknown): Promise<Answer<T>> {
      const response = await fetch(`${httpUrl}${path}`, {
        method,
        headers: {
          'x-api-key': apiKey,
          ...(body !== undefined && { 'content-type': 'application/json' }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
      });
      const text = await response.text();
      return { status: response.status, body: (text ? JSON.parse(text) : undefined) as T };
    },
  };
}
