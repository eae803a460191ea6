import { describe, expect, test } from 'vitest';
import { MQTT_COMMANDS, type MqttCommand } from '#contract/command-messages';
import { checkCommand } from './check-command.ts';

const NOW_MS = Date.UTC(2027, 2, 28, 1, 0, 0);
const at = (offsetS: number) => new Date(NOW_MS + offsetS * 1000).toISOString();

function check(
  command: MqttCommand,
  payload: unknown,
  { isRetained = false, allowed = [...MQTT_COMMANDS] } = {},
) {
  const text = typeof payload === 'string' ? payload : JSON.stringify(payload);
  return checkCommand({ command, payload: text, isRetained }, allowed, NOW_MS);
}

describe('accepted', () => {
  test.each<[MqttCommand, object]>([
    ['stop', { id: 'a' }],
    ['stop', { id: 'ha-1774659600.5-77', sent_at: at(0) }],
    ['park', { id: 'a', sent_at: at(-30) }],
    ['park', { id: 'a', sent_at: '2027-03-28T03:00:30.123456+02:00' }],
    ['pause', { id: 'a', sent_at: at(0), session_id: 7 }],
    ['start', { id: 'a', sent_at: at(30), schedule_id: 3 }],
  ])('%s %o', (command, payload) => {
    expect(check(command, payload)).toEqual({ message: payload });
  });
});

describe('refused', () => {
  test.each<[string, MqttCommand, unknown, RegExp]>([
    ['no JSON', 'stop', 'PRESS', /malformed: not JSON/],
    ['no object', 'stop', '[]', /malformed/],
    ['too long', 'stop', `{"id":"a"${' '.repeat(1_000)}}`, /malformed: 1010 characters/],
    ['no id', 'stop', {}, /malformed: id must be a text/],
    ['an id with a space', 'stop', { id: 'a b' }, /malformed: id must be 1 to 64/],
    ['an unknown field', 'stop', { id: 'a', azimuth: 5 }, /malformed/],
    ['no time', 'park', { id: 'a' }, /malformed: sent_at is missing/],
    ['a time without zone', 'park', { id: 'a', sent_at: '2027-03-28T01:00:00' }, /malformed: sent_at must/],
    ['old', 'park', { id: 'a', sent_at: at(-31) }, /sent 31 s ago .* at most 30 s/],
    ['an old stop', 'stop', { id: 'a', sent_at: at(-3_600) }, /sent 3600 s ago/],
    ['in the future', 'park', { id: 'a', sent_at: at(31) }, /31 s in the future/],
    ['no schedule', 'start', { id: 'a', sent_at: at(0) }, /schedule_id is missing/],
    [
      'a schedule to park',
      'park',
      { id: 'a', sent_at: at(0), schedule_id: 1 },
      /schedule_id belongs to start/,
    ],
    ['a session to park', 'park', { id: 'a', sent_at: at(0), session_id: 1 }, /session_id belongs to/],
    ['a session of no id', 'pause', { id: 'a', sent_at: at(0), session_id: 0 }, /malformed: session_id/],
  ])('%s', (_what, command, payload, reason) => {
    expect(check(command, payload)).toMatchObject({ refusal: expect.stringMatching(reason) as string });
  });

  test('retained, although it is otherwise valid', () => {
    expect(check('stop', { id: 'a' }, { isRetained: true })).toMatchObject({
      id: 'a',
      refusal: expect.stringContaining('retained') as string,
    });
  });

  test('not enabled', () => {
    expect(check('park', { id: 'a', sent_at: at(0) }, { allowed: ['stop'] })).toEqual({
      id: 'a',
      refusal: 'the command is not enabled: MQTT_COMMANDS allows stop',
    });
  });
});
