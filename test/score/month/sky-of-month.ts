import { cellPointing, columnsInRow, type GridBounds } from '#shared/sky/grid-shape';
import type { Pointing } from '#shared/sky/pointing';
import type { Place } from '#shared/sky/look';
import { dbToLinear, degToRad, linearToDb } from '#shared/sky/units';
import type { MeasuredPoint } from '#proto/scan_orchestrator';
import type { ScanSpec } from '#proto/scan_spec';
import { gainDriftDb } from '../../../services/simulator/domain/gain-drift.ts';
import { createRandom } from '../../../services/simulator/domain/random.ts';
import { createSky, type Sky } from '../../../services/simulator/domain/sky.ts';
import type { Seen, Source } from '../../../services/simulator/domain/source.ts';
import { receivedPower } from '../../../services/simulator/domain/truth.ts';
import { sourcesOf } from '../../../services/simulator/domain/world.ts';
import type { FakeMeasurements } from '../../support/gateway-orchestrator.ts';
import { normalDeviates } from '../../support/synthetic-sky.ts';

/** What happens at these Unix times, milliseconds; NaN: never. */
export interface Events {
  appears: number;
  moves: number;
  brightens: number;
  disappears: number;
  /** The middle of a rain fade. */
  rains: number;
  /** The gain of the receiver rises by 3 dB. */
  steps: number;
}

export const PLACE: Place = { latitudeDeg: 52.5, longitudeDeg: 13.4, heightM: 40 };
export const BEAM_DEG = 10;
export const SCAN = { az_start: 0, az_end: 360, el_start: 5, el_end: 33, step_deg: 4, rssi_iterations: 3 };
export const PLACES = {
  appears: { azimuthDeg: 118.3, elevationDeg: 14.2 },
  movesFrom: { azimuthDeg: 61.7, elevationDeg: 17.1 },
  movesTo: { azimuthDeg: 70.2, elevationDeg: 20.6 },
  brightens: { azimuthDeg: 301.4, elevationDeg: 19.4 },
  disappears: { azimuthDeg: 221.9, elevationDeg: 11.8 },
} satisfies Record<string, Pointing>;

const BEAM = { hpbwDeg: BEAM_DEG, sideLobeDb: -36 };
const GAIN_STEP_DB = 3;
const BRIGHTER_DB = 1;
/** A source that raises the level by 5 dB: relative to the power without it. */
const FIVE_DB = 10 ** 0.5 - 1;
const SUN_DBM = -92;
/** From a point to the next, and the dwell. */
const POINT_MS = 2_000;
const INTEGRATION_MS = 350;
const BANDWIDTH_HZ = 1.8e6;
/** Rain over the antenna: the fade at 30 degrees, its duration, the noise of a thick cloud. */
const RAIN_DB = 3;
const RAIN_MS = 25 * 60_000;
const RAIN_MW = dbToLinear(-98.5);
const DRIFT_DB = 0.02;

/** The measurements of a month under the sky of the simulator, from a seed. */
export function createMonth(seed: number, events: Events, nowMs: () => number): FakeMeasurements {
  const sky = skyOf(seed, events);
  return {
    startsAtMs: nowMs,
    endsAtMs: (startedAtMs, points) => startedAtMs + points * POINT_MS,
    pointOf(spec, seq, startedAtMs) {
      const { row, column, setpoint } = cellAt(spec, seq);
      const measuredAtMs = startedAtMs + seq * POINT_MS;
      const noise = normalDeviates(
        createRandom((seed ^ Math.imul(seq, 0x9e3779b1) ^ (startedAtMs / 1_000)) >>> 0),
      );
      const relativeSigma = 1 / Math.sqrt(BANDWIDTH_HZ * (INTEGRATION_MS / 1_000));
      const power = receivedMw(sky, setpoint, measuredAtMs, events.rains) * (1 + relativeSigma * noise());
      const stepDb = measuredAtMs >= events.steps ? GAIN_STEP_DB : 0;
      const level = linearToDb(power) + gainDriftDb(sky.drift, measuredAtMs) + stepDb;
      return pointAt({ seq, row, column, setpoint, measuredAtMs, level, reads: spec.rssiIterations });
    },
  };
}

function skyOf(seed: number, events: Events): Sky {
  const empty = createSky(seed, DRIFT_DB, []);
  const fiveDb = (pointing: Pointing) =>
    linearToDb(FIVE_DB * receivedPower(empty, BEAM, pointing, 0).noiseMw);
  const emitter = (name: string, seen: (unixMs: number) => Seen | undefined): Source => ({
    name,
    kind: 'emitter',
    seen,
    signals: [],
  });
  const at = (pointing: Pointing): Seen => ({ pointing, levelDbm: fiveDb(pointing) });
  const sources: Source[] = [
    emitter('appears', (ms) => (ms >= events.appears ? at(PLACES.appears) : undefined)),
    emitter('moves', (ms) => at(ms >= events.moves ? PLACES.movesTo : PLACES.movesFrom)),
    emitter('brightens', (ms) => {
      const { pointing, levelDbm } = at(PLACES.brightens);
      return { pointing, levelDbm: levelDbm + (ms >= events.brightens ? BRIGHTER_DB : 0) };
    }),
    emitter('disappears', (ms) => (ms >= events.disappears ? undefined : at(PLACES.disappears))),
    ...sourcesOf({ sun: { levelDbm: SUN_DBM }, satellites: [], emitters: [] }, PLACE, 0),
  ];
  return { ...empty, sources };
}

/** Rain weakens what is behind it by L = 10^(-A/10) and adds (1 - L) T (ITU-R P.372). */
function receivedMw(sky: Sky, pointing: Pointing, unixMs: number, rainsMs: number): number {
  const clear = receivedPower(sky, BEAM, pointing, unixMs);
  const total = clear.noiseMw + clear.sourcesMw.reduce((sum, each) => sum + each, 0);
  const share = Number.isNaN(rainsMs) ? 0 : Math.exp(-(((unixMs - rainsMs) / RAIN_MS) ** 2));
  const path = 0.5 / Math.sin(degToRad(Math.max(pointing.elevationDeg, 10)));
  const passed = dbToLinear(-RAIN_DB * share * path);
  return total * passed + RAIN_MW * (1 - passed);
}

function cellAt(spec: ScanSpec, seq: number) {
  const bounds: GridBounds = { ...spec, kind: 'rectangular' };
  let [row, index] = [0, seq - 1];
  while (index >= columnsInRow(bounds, row)) index -= columnsInRow(bounds, row++);
  // Every other row is measured backwards.
  const column = row % 2 === 0 ? index : columnsInRow(bounds, row) - 1 - index;
  return { row, column, setpoint: cellPointing(bounds, row, column) };
}

function pointAt(point: {
  seq: number;
  row: number;
  column: number;
  setpoint: Pointing;
  measuredAtMs: number;
  level: number;
  reads: number;
}): MeasuredPoint {
  const { level, ...rest } = point;
  return {
    ...rest,
    readback: rest.setpoint,
    meanDbm: level,
    stdDb: 0.01,
    minDbm: level - 0.01,
    maxDbm: level + 0.01,
    lastDbm: level,
    medianDbm: level,
    integrationMs: INTEGRATION_MS,
    flags: ['uncalibrated'],
    spectra: [],
  };
}
