import { until } from '../support/until.ts';
import { comesTo, hasPoints } from '../support/whole-scan.ts';
import type { WatchedStack } from './watched-stack.ts';

// Brings a scan into a phase and keeps it there long enough to do something to it.

export const PHASES = [
  'pending',
  'acquiring',
  'slewing',
  'integrating',
  'waiting',
  'parking',
  'paused',
] as const;
export type Phase = (typeof PHASES)[number];

/** A rotator slow enough to be met in motion: 5 degrees take a quarter of a second. */
export const UNHURRIED = {
  SIM_AZ_SPEED_DEG_S: '40',
  SIM_EL_SPEED_DEG_S: '40',
  SIM_AZ_ACCELERATION_DEG_S2: '400',
  SIM_EL_ACCELERATION_DEG_S2: '400',
};

export const UNHURRIED_ROTOR = {
  az_speed_deg_s: 40,
  el_speed_deg_s: 40,
  az_acceleration_deg_s2: 400,
  el_acceleration_deg_s2: 400,
  park_after_scan: true,
  park_az: 70,
  park_el: 20,
  read_ms: 30,
};

/** 4 x 2 points of 0.3 s. */
export const PHASE_GRID = {
  az_start: 40,
  az_end: 55,
  el_start: 20,
  el_end: 25,
  step_deg: 5,
  rssi_iterations: 10,
};
export const PHASE_TOTAL = 8;
export const ONE_POINT = { ...PHASE_GRID, az_end: PHASE_GRID.az_start, el_end: PHASE_GRID.el_start };

export interface Scene extends WatchedStack {
  /** The one that is brought into the phase. */
  sessionId: number;
}

/** Resolves when the session is in the phase. */
export async function bringInto(phase: Phase, scene: Scene): Promise<void> {
  const { stack, link, sessionId } = scene;
  const failures = failuresOf(scene);
  const slews = scene.slews();
  // Refused while a service that was ended before is still coming back.
  const act = (verb: string) =>
    until(`the answer to ${verb}`, async () => {
      const { status } = await stack.api('POST', `/api/skyscan/${sessionId}/${verb}`);
      return status !== 503;
    });
  switch (phase) {
    case 'pending':
      await comesTo(stack, sessionId, 'pending');
      return;
    case 'acquiring':
      await comesTo(stack, sessionId, 'running');
      await act('pause');
      await comesTo(stack, sessionId, 'paused');
      link.setWeather({ kind: 'silent' });
      await act('resume');
      return;
    case 'slewing':
      await until('motion', () => scene.moving());
      return;
    case 'integrating':
      await until('a slew', () => scene.slews() > slews);
      await until('a rest after it', async () => !(await scene.moving()));
      return;
    case 'waiting':
      await stack.simulator('POST', '/faults', { dongle_silent: true });
      await until('a failure', () => failuresOf(scene) > failures);
      return;
    case 'parking':
      await hasPoints(stack, sessionId, 1);
      await until('the way home', () => scene.moving());
      return;
    case 'paused':
      await comesTo(stack, sessionId, 'running');
      await act('pause');
      await comesTo(stack, sessionId, 'paused');
  }
}

function failuresOf({ stack }: Scene): number {
  return stack.log('scan-orchestrator').split('Cannot connect to the receiver').length;
}

/** Takes away whatever kept it in the phase. */
export async function letGoOn(phase: Phase, { stack, link, sessionId }: Scene): Promise<void> {
  link.setWeather({ kind: 'clear' });
  await stack.simulator('POST', '/faults', { dongle_silent: false });
  if (phase === 'paused')
    await until('the session is resumed', async () => {
      const { status } = await stack.api('POST', `/api/skyscan/${sessionId}/resume`);
      return status === 200;
    });
}
