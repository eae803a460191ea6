import { expect, test } from 'vitest';
import { checkedLiveMessage, checkedMqttMessage } from '../support/checked-message.ts';

const status = { session_id: 1, status: 'running', progress_pct: 0, completed: 0, total: 4, point: null };
const online = { status: 'online', version: '0.1.0' };

test('a message of the contract is returned unchanged', () => {
  expect(checkedLiveMessage('/ws/skyscan/1', JSON.stringify(status))).toEqual(status);
  expect(checkedMqttMessage('skyscan/services/rotor-driver/status', JSON.stringify(online))).toEqual(online);
});

test.each([
  ['a field too many', '/ws/skyscan/1', { ...status, eta: null }],
  ['another status', '/ws/skyscan/1', { ...status, status: 'over' }],
  ['a status without its details', '/ws/skyscan/1?detail=full', status],
  ['another kind of message', '/ws/rotors/1', status],
])('a message with %s is refused', (_name, url, message) => {
  expect(() => checkedLiveMessage(url, JSON.stringify(message))).toThrow(url);
});

test('a payload of an unknown topic is refused', () => {
  expect(() => checkedMqttMessage('skyscan/weather', '{}')).toThrow('no schema for skyscan/weather');
});
