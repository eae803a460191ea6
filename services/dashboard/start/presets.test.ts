import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { azimuthSpanDeg } from '#shared/sky/grid-shape';
import {
  coarseThenFine,
  frameArea,
  horizonSurvey,
  horizonSweep,
  sectorAround,
  timesReads,
  wholeSky,
} from './presets.ts';

const RANGE = { min: -180, max: 540 };
const ROTOR = {
  az_min: -180,
  az_max: 450,
  min_elevation: 5,
  max_elevation: 90,
  horizon: [] as [number, number][],
};

describe('whole sky', () => {
  it('is the full circle between the rotor’s elevation limits', () => {
    expect(wholeSky(ROTOR, RANGE)).toEqual({ az_start: '0', az_end: '360', el_start: '5', el_end: '90' });
  });

  it('ends at the zenith for a mount that turns over', () => {
    expect(wholeSky({ ...ROTOR, max_elevation: 180 }, RANGE)).toMatchObject({ el_start: '5', el_end: '90' });
  });

  it('starts at the highest point of the horizon mask', () => {
    const horizon: [number, number][] = [
      [0, 3],
      [90, 17.5],
    ];
    expect(wholeSky({ ...ROTOR, horizon }, RANGE)).toMatchObject({ el_start: '17.5', el_end: '90' });
  });

  it.each([
    ['a travel below 360 deg', -100, 200, '-100', '200'],
    ['a travel that starts below the allowed azimuths', -400, -100, '-40', '260'],
    ['a travel that ends above them', 400, 700, '40', '340'],
  ])('covers %s', (_name, az_min, az_max, az_start, az_end) => {
    expect(wholeSky({ ...ROTOR, az_min, az_max }, RANGE)).toMatchObject({ az_start, az_end });
  });
});

it('a horizon sweep is one row at the lowest elevation of the rotor', () => {
  expect(horizonSweep(ROTOR, RANGE)).toEqual({ az_start: '0', az_end: '360', el_start: '5', el_end: '5' });
});

describe('a horizon survey', () => {
  it('is a horizon sweep with a spectrum every 0.6 deg', () => {
    expect(horizonSurvey(ROTOR, RANGE, true)).toEqual({
      ...horizonSweep(ROTOR, RANGE),
      step_deg: '0.6',
      grid: 'rectangular',
      scan_mode: 'on_the_fly',
      spectrum: true,
      'spectrum.channels': '1024',
    });
  });

  it.each([
    ['samples', 'sdr', 2_400_000, 'on_the_fly'],
    ['finished levels', 'sdr', null, 'step'],
    ['levels of the rotor', 'rotctld', 2_400_000, 'step'],
  ] as const)('of a receiver with %s', (_name, rssi_source, sample_rate_hz, scan_mode) => {
    const receivers = [{ name: 'default', sample_rate_hz }];
    const isTimed = timesReads({ rssi_source, receiver: 'default' }, receivers);
    expect(horizonSurvey(ROTOR, RANGE, isTimed).scan_mode).toBe(scan_mode);
  });
});

describe('a sector around a direction', () => {
  it.each([
    [180, 60, '150', '210'],
    [0, 40, '340', '20'],
    [355, 20, '345', '5'],
    [-10, 0, '350', '350'],
    [0, 360, '-180', '180'],
    [270, 360, '90', '450'],
  ])('%d deg, %d deg wide: %s to %s', (direction, width, az_start, az_end) => {
    expect(sectorAround(direction, width)).toEqual({ az_start, az_end });
  });

  it('has the given width and centre and lies within the allowed azimuths', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -720, max: 720 }),
        fc.integer({ min: 0, max: 360 }),
        (direction, width) => {
          const { az_start, az_end } = sectorAround(direction, width);
          const bounds = { azStartDeg: Number(az_start), azEndDeg: Number(az_end) };
          expect(azimuthSpanDeg(bounds)).toBeCloseTo(width, 6);
          const off = bounds.azStartDeg + width / 2 - direction;
          expect(Math.abs(off - 360 * Math.round(off / 360))).toBeLessThan(1e-6);
          for (const end of Object.values(bounds)) {
            expect(end).toBeGreaterThanOrEqual(-180);
            expect(end).toBeLessThanOrEqual(540);
          }
        },
      ),
    );
  });
});

const typed = (beam_width_deg: number | null) => ({ beam_width_deg, center_frequency_hz: 290e6, beam: null });
/** 20 and 10 degrees at the frequency of the receiver. */
const STORED = {
  ...typed(28),
  beam: { azimuth_deg: 40, elevation_deg: 20, frequency_hz: 145e6 },
};

describe('a coarse grid with refinement', () => {
  it('has a step of 0.7 beam widths', () => {
    expect(coarseThenFine(typed(6))).toEqual({ step_deg: '4.2', refine: true });
    expect(coarseThenFine(typed(null))).toBeUndefined();
  });

  it('has one of the narrower axis of a stored beam at the frequency of the receiver', () => {
    expect(coarseThenFine(STORED)).toEqual({ step_deg: '7', refine: true });
  });
});

describe('a grid around a source', () => {
  it('has five points in the narrower axis of the beam, and reaches three beams on each', () => {
    expect(frameArea(typed(6))).toEqual({
      ...{ az_start: '-18', az_end: '18', el_start: '-18', el_end: '18' },
      step_deg: '1.2',
    });
    expect(frameArea(STORED)).toEqual({
      ...{ az_start: '-60', az_end: '60', el_start: '-30', el_end: '30' },
      step_deg: '2',
    });
    expect(frameArea(typed(null))).toBeUndefined();
  });

  it('reaches at most to the side of the antenna, in whole steps', () => {
    expect(frameArea(typed(70))).toMatchObject({ az_start: '-84', az_end: '84', step_deg: '14' });
  });
});
