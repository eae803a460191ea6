import type { WebSocket } from 'ws';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CLOSE } from '#contract/live/close-codes';
import { encodeColumns } from '../../services/api-gateway/http/columnar.ts';
import { createGatewayWorld, type GatewayWorld } from '../support/gateway-harness.ts';
import { addRotor } from '../support/gateway-scan.ts';
import { describeUnless } from '../support/peers.ts';
import { missingModule, runPython } from '../support/python.ts';
import { EVERY_LOSS, startScriptedServer } from '../support/scripted-viewers.ts';

// The connections of clients/python: keys, and losses that a real system shows only by chance.

const missing = missingModule(['requests', 'websockets', 'pandas']);
const FOLLOW = `
client = Client(sys.argv[1])
try:
    for message in client.follow(1, after=int(sys.argv[2])):
        show([message["status"], message["point"] and message["point"]["seq"]])
except SkyScanError as error:
    show([type(error).__name__, str(error)])
`;

describeUnless(missing && `python3-${missing} is not installed`, 'the Python client', () => {
  test('continues after every kind of loss with the next point, once', async () => {
    const server = await startScriptedServer(EVERY_LOSS.script);
    expect(await runPython(FOLLOW, [server.url, 0])).toEqual(EVERY_LOSS.messages);
    expect(server.asked).toEqual(EVERY_LOSS.asked);
  });

  test.each<[string, number | ((socket: WebSocket) => void), string]>([
    [
      'a deleted session',
      (socket) => socket.close(CLOSE.unknown, 'Scan session not found'),
      'Scan session not found (status 404)',
    ],
    [
      'a refused handshake',
      403,
      'The server refused the WebSocket: server rejected WebSocket connection: HTTP 403 (status 403)',
    ],
  ])('does not try again after %s', async (_name, connection, message) => {
    const server = await startScriptedServer([connection]);
    expect(await runPython(FOLLOW, [server.url, 7])).toEqual([['ApiError', message]]);
    expect(server.asked).toEqual([7]);
  });

  test('gives up after give_up_s', async () => {
    const server = await startScriptedServer([]);
    const script = FOLLOW.replace(')):', '), give_up_s=0.3):');
    expect(await runPython(script, [server.url, 0])).toEqual([
      ['Unreachable', expect.stringMatching(/cannot be reached for 0.3 s: .*HTTP 500$/)],
    ]);
  });

  test('continues a download that breaks off', async () => {
    const block = (...seqs: number[]) =>
      encodeColumns(
        seqs.length,
        [
          { name: 'mean_dbm', values: Float64Array.from(seqs, (seq) => -seq) },
          { name: 'seq', values: Uint32Array.from(seqs) },
          { name: 'flags', values: Uint32Array.from(seqs, (seq) => seq % 4) },
        ],
        ['clipped', 'uncalibrated'],
      );
    const downloads: string[] = [];
    const server = await startScriptedServer([], (request, response) => {
      downloads.push(request.url ?? '');
      if (downloads.length > 1) return void response.end(block(4, 5));
      response.write(Buffer.concat([block(1, 2), block(3), block(4, 5).subarray(0, -8)]), () =>
        response.destroy(),
      );
    });
    const script = `show(json.loads(Client(sys.argv[1]).points(1, corrected=True).reset_index().to_json(orient="values")))`;
    expect(await runPython(script, [server.url])).toEqual([
      [
        [1, -1, 'clipped', 'dBm'],
        [2, -2, 'uncalibrated', 'dBFS'],
        [3, -3, 'clipped uncalibrated', 'dBFS'],
        [4, -4, '', 'dBm'],
        [5, -5, 'clipped', 'dBm'],
      ],
    ]);
    const query = '/api/skyscan/1/measurements?corrected=true&format=columnar&after_seq=';
    expect(downloads).toEqual([`${query}0`, `${query}3`]);
  });
});

describeUnless(missing && `python3-${missing} is not installed`, 'the Python client with a key', () => {
  const KEY = 'staple.of_the~trade+1';
  let world: GatewayWorld;
  beforeAll(async () => {
    world = await createGatewayWorld({ API_KEYS: KEY });
  });
  afterAll(() => world.close());

  test('sends it with requests and WebSockets; a wrong one is an error', async () => {
    const script = `
client = Client(sys.argv[1] + "/", sys.argv[2])
session = client.start(int(sys.argv[3]), step_deg=90)["id"]
show(next(client.follow(session))["status"])
client.cancel(session)
for key in ("wrong-horse-battery", None):
    try:
        show(Client(sys.argv[1], key).sessions())
    except ApiError as error:
        show([error.status, error.detail])
`;
    const rotor = await addRotorWithKey();
    const refused = [401, 'Missing or wrong API key'];
    expect(await runPython(script, [world.gateway.url, KEY, rotor])).toEqual([
      expect.stringMatching(/pending|running/),
      refused,
      refused,
    ]);
  });

  async function addRotorWithKey(): Promise<number> {
    const post = (path: string, body?: unknown) =>
      world.gateway.request(path, {
        method: 'POST',
        headers: { authorization: `Bearer ${KEY}` },
        ...(body !== undefined && { body }),
      });
    return addRotor({ ...world, gateway: { ...world.gateway, post } });
  }
});
