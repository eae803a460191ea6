import { expect, test } from 'vitest';
import { faultText } from './fault-text.ts';

const fault = {
  observation: 'rotctld at 192.168.1.5:4533 refused the connection',
  for_s: 12,
  pauses_in_s: 41,
};

test('the text states the duration, the cause and the time of the pause', () => {
  expect(faultText(fault, 'running', 2)).toBe(
    'No point for 14 s: rotctld at 192.168.1.5:4533 refused the connection. Pauses in 39 s',
  );
  expect(faultText(fault, 'running', 2, (inS) => `at ${inS}`)).toMatch(/\. Pauses at 39$/);
  expect(faultText(fault, 'running', 99)).toMatch(/\. Pauses in 0 s$/);
  expect(faultText({ ...fault, pauses_in_s: null }, 'pending', 0)).toBe(
    'Waits for the rotor for 12 s: rotctld at 192.168.1.5:4533 refused the connection',
  );
});
