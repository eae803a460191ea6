import { describe, expect, test } from 'vitest';
import { rotorConfig } from '../../../test/support/scan-fakes.ts';
import { allowTheSame, permitted } from './permit.ts';

const rotor = rotorConfig();
const narrow = { azMinDeg: 0, azMaxDeg: 10, elMinDeg: 20, elMaxDeg: 30 };

describe('the permitted rotor', () => {
  test('is the requested one while there are no permits', () => {
    expect(permitted(rotor, undefined)).toBe(rotor);
  });

  test('has the limits of the permit instead of the requested ones', () => {
    const permit = {
      ...rotor,
      limits: narrow,
      park: { azimuthDeg: 1, elevationDeg: 20 },
      keepOut: [{ azStartDeg: 0, azEndDeg: 1, elMinDeg: 0, elMaxDeg: 1 }],
      avoidSun: true,
      toleranceDeg: 9,
    };
    const requested = { ...rotor, avoidSun: false };
    expect(permitted(requested, new Map([[rotor.id, permit]]))).toEqual({
      ...permit,
      toleranceDeg: rotor.toleranceDeg,
      trustLimits: undefined,
    });
  });

  test.each([
    ['deleted', new Map(), /has been deleted/],
    ['at another port', new Map([[rotor.id, { ...rotor, port: rotor.port + 1 }]]), /its address is now /],
    ['at another host', new Map([[rotor.id, { ...rotor, host: '10.0.0.9' }]]), /its address is now 10.0.0.9/],
  ])('is refused when the rotor is %s', (_, permits, message) => {
    expect(() => permitted(rotor, permits)).toThrow(
      expect.objectContaining({ kind: 'wrong_state', message: expect.stringMatching(message) as string }),
    );
  });

  test('allows the same with another name, not with other limits', () => {
    expect(allowTheSame(rotor, { ...rotor, name: 'another', trustLimits: true })).toBe(true);
    expect(allowTheSame(rotor, { ...rotor, limits: narrow })).toBe(false);
    expect(allowTheSame(rotor, { ...rotor, avoidSun: false })).toBe(false);
  });
});
