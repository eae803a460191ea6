import { expect, test } from 'vitest';
import { changesBy, significant, type AxisCharacteristics } from './characteristics.ts';

const axis: AxisCharacteristics = {
  speed_deg_s: 6.2,
  acceleration_deg_s2: 18.5,
  start_delay_ms: 90,
  resolution_deg: 0.1,
  overshoot_deg: 0,
  backlash_deg: 0,
  settle_ms: 0,
};
const rotor = {
  az_speed_deg_s: 6,
  el_speed_deg_s: 3,
  az_acceleration_deg_s2: 20,
  el_acceleration_deg_s2: 9,
  settle_ms: 200,
  tolerance_deg: 1,
};
const rest = { round_trip_ms: 60, measured_at: '2026-01-01T00:00:00.000Z', remarks: [] };

test.each([
  ['the measured values', {}, { az_speed_deg_s: 6.2, az_acceleration_deg_s2: 18.5 }],
  ['no values that could not be measured', { speed_deg_s: null }, { az_acceleration_deg_s2: 18.5 }],
  ['no unchanged values', { speed_deg_s: 6, acceleration_deg_s2: 20 }, {}],
  ['a longer settle time', { settle_ms: 350.2 }, { settle_ms: 351 }],
  ['no shorter settle time', { settle_ms: 150 }, {}],
  ['a resolution coarser than the tolerance', { resolution_deg: 1.5 }, { tolerance_deg: 1.5 }],
  ['values limited to those of the API', { speed_deg_s: 500 }, { az_speed_deg_s: 360 }],
])('changes %s', (_what, measured, changed) => {
  const found = changesBy(rotor, { azimuth: { ...axis, ...measured }, elevation: null, ...rest });
  expect(found).toMatchObject(changed);
  if (Object.keys(changed).length === 0)
    expect(found).toEqual(
      'settle_ms' in measured
        ? {
            az_speed_deg_s: 6.2,
            az_acceleration_deg_s2: 18.5,
          }
        : {},
    );
});

test('an unmeasured axis changes nothing', () => {
  expect(changesBy(rotor, { azimuth: null, elevation: null, ...rest })).toEqual({});
});

test('numbers have four significant digits', () => {
  expect([significant(6.123456), significant(0.0123456), significant(399.96)]).toEqual([6.123, 0.01235, 400]);
});
