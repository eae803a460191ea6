import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { WebSocketServer } from 'ws';
import { z } from 'zod';
import { readRotorMessage, readSessionMessage } from '#contract/live/read-message';
import { rotorMessageSchema } from '#contract/live/rotor-messages';
import { INVALID_PAYLOADS, malformedVariants, newerVariant } from '../../test/support/bad-messages.ts';
import type { Api } from './api.ts';
import { follow } from './follow.ts';

const status = {
  session_id: 3,
  status: 'paused',
  progress_pct: 50,
  completed: 1,
  total: 2,
  point: null,
  elapsed_s: null,
  remaining_s: null,
  fault: null,
  rotor_rests: null,
  resumes_itself: null,
};

/** The fields that the commands read; they show numbers as they come. */
const neededOfStatus = z.object({
  session_id: z.literal(3),
  status: z.string(),
  progress_pct: z.number(),
  completed: z.number(),
  total: z.number(),
  point: z.null(),
  elapsed_s: z.number().nullable(),
  remaining_s: z.number().nullable(),
  fault: z.null(),
});

const position = {
  rotor_id: 3,
  azimuth: 10,
  elevation: 20,
  moving: true,
  setpoint: { azimuth: 90, elevation: 20 },
  timestamp: '2026-02-14T02:00:15.250Z',
};

/** The messages and losses that a follower of a server reports which sends this and then closes. */
async function followed<Message>(
  sent: (string | Buffer)[],
  read: (data: unknown) => Message | undefined,
): Promise<(Message | string)[]> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
  server.on('connection', (socket) => {
    for (const data of sent) socket.send(data);
    socket.close(1000);
  });
  const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const events: (Message | string)[] = [];
  const follower = {
    read,
    onMessage: (message: Message) => events.push(message),
    onLost: (reason: string) => events.push(reason),
    onReconnected: () => events.push('back'),
  };
  const api = { socket: () => ({ url, headers: {} }) } as unknown as Api;
  await follow(api, () => '/', follower, new AbortController().signal);
  server.close();
  return events;
}

const invalid = INVALID_PAYLOADS.map(([, data]) => data);
const json = (message: object) => JSON.stringify(message);

test('malformed messages of a session are ignored, messages of a newer server are accepted', async () => {
  const malformed = malformedVariants(neededOfStatus, status).map(([, message]) => json(message));
  expect(malformed.length).toBeGreaterThan(30);
  const newer = newerVariant({ ...status, status: 'calibrating' });
  const sent = [...invalid, ...malformed, json({ ...status, session_id: 4 }), json(newer), json(status)];
  const events = await followed(sent, (data) => readSessionMessage(data, 3, 'running'));
  // An unknown status is read as the previous one.
  expect(events).toEqual([{ ...newer, status: 'running' }, status]);
});

test('malformed messages of a rotor are ignored, messages of a newer server are accepted', async () => {
  // Any text is accepted as the timestamp, because it is only displayed.
  const malformed = malformedVariants(rotorMessageSchema.extend({ timestamp: z.string() }), position).map(
    ([, message]) => json(message),
  );
  expect(malformed.length).toBeGreaterThan(40);
  const newer = newerVariant({ ...position, azimuth: 11 });
  const sent = [...invalid, ...malformed, json({ ...position, rotor_id: 4 }), json(newer), json(position)];
  expect(await followed(sent, (data) => readRotorMessage(data, 3))).toEqual([newer, position]);
});
