import type { NewRotor, Rotor } from '#contract/rest/rotors';
import type { Session } from '#contract/rest/sessions';
import { splitAddress } from '#shared/base/address';
import { ApiError } from '#contract/client/api-error';
import { sleep } from '#shared/runtime/waiting';
import type { ApiClient } from '#contract/client/api-client';
import type { Config } from './config.ts';

const SIMULATED_ROTOR = 'Simulated observatory';

// With this gain the simulated sky stays inside the converter's linear range.
const SIMULATED_GAIN_DB = 29.7;
// The southern sky with the Sun and the geostationary belt: 21 x 6 points.
const FIRST_SCAN = {
  az_start: 100,
  az_end: 260,
  el_start: 20,
  el_end: 60,
  step_deg: 8,
  rssi_iterations: 10,
};

const DATABASE_TIMEOUT_MS = 120_000;
const RETRY_MS = 250;

type FirstRunApi = Pick<ApiClient, 'get' | 'post' | 'put'>;

/** The part of a stack that is needed. */
interface Started {
  addresses: { rotctld: string; simulator: { controlPort: number } };
}

interface FirstRun {
  /** Name of a registered rotor that is not simulated. */
  registered?: string;
  /** The running scan: the first one, or one from an earlier launch. */
  session?: Session | undefined;
}

/**
 * On an empty database: registers the rotor and, if it is simulated, starts a small first scan.
 * Later: updates the address of the simulated rotctld in the simulated rotor's row. Continues a
 * first run that was interrupted.
 */
export async function prepareRotor(
  api: FirstRunApi,
  stack: Started,
  config: Config,
  signal: AbortSignal,
): Promise<FirstRun> {
  const rotctld = splitAddress(stack.addresses.rotctld);
  const rotors = await knownRotors(api, signal);
  const simulated = rotors.find(({ name }) => name === SIMULATED_ROTOR);
  if (simulated && !config.ROTCTLD && (simulated.host !== rotctld.host || simulated.port !== rotctld.port))
    await api.put(`/api/rotors/${simulated.id}`, rotctld);
  const sessions = await api.get('/api/skyscan/sessions?limit=100');
  const isFirstRun = sessions.length === 0 && rotors.every((rotor) => rotor === simulated && !config.ROTCTLD);
  if (!isFirstRun)
    return { session: sessions.findLast(({ status }) => status === 'running' || status === 'pending') };

  // A real rotator moves only on request, and its speeds are not known yet.
  if (config.ROTCTLD) {
    const name = `Rotator at ${config.ROTCTLD}`;
    await register(api, stack, config, { name, ...rotctld });
    return { registered: name };
  }
  const rotor = simulated ?? (await register(api, stack, config, { ...simulatedRotor(config), ...rotctld }));
  const start = { rotor_id: rotor.id, ...FIRST_SCAN, notes: 'First scan of the simulated observatory' };
  return { session: await api.post('/api/skyscan/start', start) };
}

/** Registers a rotor with the known settings of the receiver of this stack. */
async function register(api: FirstRunApi, stack: Started, config: Config, fields: NewRotor): Promise<Rotor> {
  const receiver = await receiverOf(stack, config);
  return await api.post('/api/rotors', { ...fields, ...receiver });
}

function simulatedRotor(config: Config): NewRotor {
  return {
    name: SIMULATED_ROTOR,
    tolerance_deg: 0.2,
    settle_ms: 100,
    az_speed_deg_s: config.SIM_AZ_SPEED_DEG_S,
    el_speed_deg_s: config.SIM_EL_SPEED_DEG_S,
    az_acceleration_deg_s2: config.SIM_AZ_ACCELERATION_DEG_S2,
    el_acceleration_deg_s2: config.SIM_EL_ACCELERATION_DEG_S2,
    beam_width_deg: config.SIM_HPBW_DEG,
  };
}

/**
 * Waits while the gateway prepares its database: a slow machine takes some seconds for a new one.
 */
async function knownRotors(api: FirstRunApi, signal: AbortSignal): Promise<Rotor[]> {
  for (const deadlineMs = performance.now() + DATABASE_TIMEOUT_MS; ;) {
    try {
      return await api.get('/api/rotors');
    } catch (error) {
      if (!(error instanceof ApiError) || error.status < 500 || performance.now() > deadlineMs) throw error;
      await sleep(RETRY_MS, signal);
    }
  }
}

/** Gain and calibration of the simulated dongle; empty for a real one. */
async function receiverOf(
  stack: Started,
  config: Config,
): Promise<{ gain_db?: number; dbm_offset_db?: number }> {
  if (config.RTL_TCP || config.RECEIVERS) return {};
  const response = await fetch(`http://127.0.0.1:${stack.addresses.simulator.controlPort}/state`);
  const { dongle } = (await response.json()) as { dongle: { dbm_offset_db: number; gain_db: number } };
  // The simulator reports the calibration for its present gain; the sum of both is constant.
  const offsetDb = dongle.dbm_offset_db + dongle.gain_db - SIMULATED_GAIN_DB;
  return { gain_db: SIMULATED_GAIN_DB, dbm_offset_db: Math.round(offsetDb * 1e6) / 1e6 };
}
