import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ScanPreview, Session } from '../../../services/contract/rest/sessions.ts';
import { callApi, fastRotor, untilStatus } from '../stack-client.ts';
import { LARGE_BLOCKS, startTestStack, type TestStack } from '../stack.ts';
import { NEC_FREQUENCY_HZ } from './nec2c.ts';
import type { NecPattern } from './nec-pattern.ts';

/** A scan of the whole sphere with an antenna of NEC, through all services. */
export interface NecStackScan {
  stack: TestStack;
  /** Of the scan and of its pattern. */
  address: string;
  /** Channels of the carrier: parameters of the pattern. */
  query: string;
  planned: ScanPreview;
  stop: () => Promise<void>;
}

export interface NecStackScanOptions {
  stepDeg: number;
  /** Root mean square of the gain drift of the receiver. */
  driftDb: number;
  /** Of noise and drift. */
  seed: number;
}

const SITE = { latitudeDeg: 48, longitudeDeg: 11 };
/** North of the antenna, 1.1 km away. */
const BEACON = { name: 'beacon', latitude_deg: 48.01, longitude_deg: 11, height_m: 11 };
const CARRIER_HZ = NEC_FREQUENCY_HZ + 200_000;
/** The peak is 15 dB below the full scale of the receiver. */
const EIRP_DBM = 0;
const CHANNELS = 512;
const HALF_BAND_HZ = 8_000;
/** Of the table of the beam. */
const BEAM_STEP_DEG = { off: 1, roll: 3 };
const LOWEST_DB = -80;
const RAD = Math.PI / 180;

/**
 * The simulator has the beam of NEC and a carrier at the horizon; its mount turns over, so that the
 * scan reaches every direction of the antenna.
 */
export async function scanWithNec(pattern: NecPattern, options: NecStackScanOptions): Promise<NecStackScan> {
  const folder = mkdtempSync(join(tmpdir(), 'sky-scan-nec-stack-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  const [beam, world] = [join(folder, 'beam.json'), join(folder, 'world.json')];
  writeFileSync(beam, JSON.stringify(beamTable(pattern)));
  const beacon = { ...BEACON, eirp_dbm: EIRP_DBM, signals: [{ center_hz: CARRIER_HZ }] };
  writeFileSync(world, JSON.stringify({ emitters: [beacon] }));
  const stack = await startTestStack({
    simulator: {
      ...LARGE_BLOCKS,
      SIM_WORLD_FILE: world,
      SIM_BEAM_FILE: beam,
      SIM_RESOLUTION_DEG: '0.01',
      SIM_DRIFT_DB: String(options.driftDb),
      SIM_SEED: String(options.seed),
      SIM_LATITUDE_DEG: String(SITE.latitudeDeg),
      SIM_LONGITUDE_DEG: String(SITE.longitudeDeg),
      SIM_EL_MIN_DEG: '-1',
      SIM_EL_MAX_DEG: '180',
    },
  }).catch((error: unknown) => {
    remove();
    throw error;
  });
  const stop = () => stack.stop().finally(remove);
  try {
    return { stack, stop, ...(await scanAround(stack, options.stepDeg)) };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function scanAround(stack: TestStack, stepDeg: number) {
  const rotor = {
    settle_ms: 0,
    tolerance_deg: 0.1,
    read_ms: 4,
    // Behind the antenna, the beacon is below the horizon.
    min_elevation: -1,
    max_elevation: 180,
    center_frequency_hz: NEC_FREQUENCY_HZ,
    bandwidth_hz: 1_000_000,
  };
  const { id: rotorId } = await callApi<{ id: number }>(
    stack,
    'POST',
    '/api/rotors',
    fastRotor(stack, rotor),
  );
  const [seen] = await callSimulator<{ azimuth: number; elevation: number }[]>(stack, '/truth/sources');
  if (!seen) throw new Error('the simulator has no source');
  const request = {
    rotor_id: rotorId,
    az_start: -180,
    az_end: 180,
    el_start: -90,
    el_end: 90,
    step_deg: stepDeg,
    grid: 'equal_area',
    frame: { source: { azimuth: seen.azimuth, elevation: seen.elevation } },
    rssi_iterations: 2,
    spectrum: { channels: CHANNELS },
  };
  const planned = await callApi<ScanPreview>(stack, 'POST', '/api/skyscan/preview', request);
  const { id } = await callApi<Session>(stack, 'POST', '/api/skyscan/start', request);
  await untilStatus(stack, id, 'completed', 1_800_000);
  const query = `from_hz=${CARRIER_HZ - HALF_BAND_HZ}&to_hz=${CARRIER_HZ + HALF_BAND_HZ}`;
  return { address: `/api/skyscan/${id}`, query, planned };
}

/** The text of an answer; `body`: a file that is sent. */
export async function textOf(stack: TestStack, path: string, body?: string): Promise<string> {
  const sent = body === undefined ? {} : { method: 'POST', body, headers: { 'content-type': 'text/plain' } };
  const answer = await fetch(`${stack.httpUrl}${path}`, sent);
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${text}`);
  return text;
}

async function callSimulator<T>(stack: TestStack, path: string): Promise<T> {
  const { status, body } = await stack.simulator<T>('GET', path);
  if (status !== 200) throw new Error(`${path}: ${status} ${JSON.stringify(body)}`);
  return body;
}

/** What `SIM_BEAM_FILE` reads. */
function beamTable({ gainAt, directivityDbi }: NecPattern): object {
  const range = (to: number, step: number) =>
    Array.from({ length: Math.round(to / step) + 1 }, (_, k) => k * step);
  const offAxisDeg = range(180, BEAM_STEP_DEG.off);
  const rollDeg = range(360 - BEAM_STEP_DEG.roll, BEAM_STEP_DEG.roll);
  const onAxis = gainAt([0, 1, 0]);
  const gainDb = rollDeg.map((roll) =>
    offAxisDeg.map((off) => {
      const side = Math.sin(off * RAD);
      const gain = gainAt([side * Math.cos(roll * RAD), Math.cos(off * RAD), side * Math.sin(roll * RAD)]);
      return Math.max(LOWEST_DB, 10 * Math.log10(gain / onAxis));
    }),
  );
  return {
    gain_dbi: directivityDbi + 10 * Math.log10(onAxis),
    off_axis_deg: offAxisDeg,
    roll_deg: rollDeg,
    gain_db: gainDb,
  };
}
