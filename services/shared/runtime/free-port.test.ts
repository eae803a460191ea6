import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { expect, test } from 'vitest';
import { freePort } from './free-port.ts';

test('free ports are different ones below those of connections, also when many are in use', async () => {
  const servers: Server[] = [];
  const ports: number[] = [];
  try {
    for (let n = 0; n < 40; n++) {
      const port = await freePort();
      const server = createServer().listen(port, '127.0.0.1');
      servers.push(server);
      await once(server, 'listening');
      ports.push(port);
    }
  } finally {
    for (const server of servers) server.close();
  }
  expect(new Set(ports).size).toBe(40);
  expect(Math.min(...ports)).toBeGreaterThanOrEqual(10_240);
  expect(Math.max(...ports)).toBeLessThan(32_768);
});

test('more ports are chosen at once than the process has of its own', async () => {
  const chosen = new Set<number>();
  for (let n = 0; n < 40; n++) chosen.add(await freePort(chosen));
  expect(chosen.size).toBe(40);
});
