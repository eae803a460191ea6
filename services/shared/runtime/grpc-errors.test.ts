import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { HealthDefinition } from 'nice-grpc-server-health';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { RotorDriverDefinition, type RotorDriverServiceImplementation } from '#proto/rotor_driver';
import { errorDetails, errorMessage, SkyScanError } from '../base/errors.ts';
import { createGrpcClient } from './grpc-client.ts';
import { startGrpcServer, type RunningGrpcServer } from './grpc-server.ts';
import { createLogger } from './logger.ts';

const LIBRARY = /No connection established|Last error|Resolution note|UNAVAILABLE|ECONN|deadline|metadata/i;

async function messageOf(address: string, deadlineMs = 5_000): Promise<string> {
  const { client, close } = createGrpcClient(RotorDriverDefinition, address, {});
  const message = await client.readClock({}, { deadline: deadlineMs }).then(() => 'answered', errorMessage);
  close();
  return message;
}

test('a port without a listener', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  expect(await messageOf(`127.0.0.1:${port}`)).toBe(
    `rotor-driver at 127.0.0.1:${port} refused the connection (check that it runs there)`,
  );
});

test('a name that does not exist', async () => {
  expect(await messageOf('no-such-host.invalid:50052')).toBe(
    'rotor-driver at no-such-host.invalid:50052 has a name that cannot be resolved (check the name, or use its address)',
  );
});

test('a peer that closes the connection, and one that never answers', async () => {
  for (const handle of [(socket: { destroy(): void }) => socket.destroy(), () => undefined]) {
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      handle(socket);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const message = await messageOf(`127.0.0.1:${port}`, 500);
    expect(message).toMatch(
      new RegExp(
        `^rotor-driver at 127.0.0.1:${port} (closed the connection|does not answer|refused the connection) \\(.+\\)$`,
      ),
    );
    expect(message).not.toMatch(LIBRARY);
    server.close();
  }
});

test('a server without the service, and one that rejects the token', async () => {
  const options = { host: '127.0.0.1', port: 0, serviceName: 'test', logger: createLogger('test', 'silent') };
  const open = await startGrpcServer({ ...options, security: {}, add: () => undefined });
  expect(await messageOf(open.address)).toBe(
    `rotor-driver at ${open.address} does not know this call: do both have the same version?`,
  );
  await open.close();
  const locked = await startGrpcServer({
    ...options,
    security: { token: 'the-token-of-the-server' },
    add: () => undefined,
  });
  const { client, close } = createGrpcClient(HealthDefinition, locked.address, {
    token: 'another-token-of-16',
  });
  const refused = client.check({ service: 'test' }).then(() => 'answered', errorMessage);
  expect(await refused).toMatch(
    new RegExp(`at ${locked.address} does not accept the token \\(GRPC_TOKEN\\)$`),
  );
  close();
  await locked.close();
});

describe('the details of an error', () => {
  const details = { peer: 'rotctld', state: 'pausing', sessionId: 7 };
  let failure: Error;
  let server: RunningGrpcServer;
  let connection: ReturnType<typeof createGrpcClient<typeof RotorDriverDefinition>>;
  beforeAll(async () => {
    const fail = () => Promise.reject(failure);
    const calls = Object.fromEntries(
      Object.keys(RotorDriverDefinition.methods).map((name) => [name, fail]),
    ) as unknown as RotorDriverServiceImplementation;
    server = await startGrpcServer({
      host: '127.0.0.1',
      port: 0,
      security: {},
      serviceName: 'skyscan.v1.RotorDriver',
      logger: createLogger('test', 'silent'),
      add: (added) => {
        added.add(RotorDriverDefinition, calls);
      },
    });
    connection = createGrpcClient(RotorDriverDefinition, server.address, {});
  });
  afterAll(async () => {
    connection.close();
    await server.close();
  });

  test.each<[string, Error, object]>([
    [
      'cross gRPC',
      new SkyScanError('unavailable', 'no answer', { details }),
      { kind: 'unavailable', message: 'no answer', details },
    ],
    ['are empty without details', new SkyScanError('busy', 'taken'), { kind: 'busy', details: {} }],
    [
      'do not include the fault of another connection',
      new SkyScanError('unavailable', 'no answer', { details: { peer: 'x', fault: '\u00fc' } }),
      { details: { peer: 'x' } },
    ],
    ['are empty for a bug', new Error('x is undefined'), { kind: 'internal', details: {} }],
  ])('%s', async (_name, thrown, expected) => {
    failure = thrown;
    const caught: unknown = await connection.client.readClock({}).catch((error: unknown) => error);
    const { kind, message, details: received } = caught as SkyScanError;
    expect({ kind, message, details: received }).toMatchObject(expected);
  });

  test('name the unreachable service and the fault of the connection', async () => {
    const { client, close } = createGrpcClient(RotorDriverDefinition, '127.0.0.1:1', {});
    const caught: unknown = await client.readClock({}, { deadline: 5_000 }).catch((error: unknown) => error);
    expect(errorDetails(caught)).toEqual({
      peer: 'rotor-driver',
      fault: '127.0.0.1:1 refused the connection (check that it runs there)',
    });
    close();
  });
});
