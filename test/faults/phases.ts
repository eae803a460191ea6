import { until } from '../support/until.ts';
import { untilStatusWithRetry, untilPoints } from '../support/whole-scan.ts';
import type { WatchedStack } from './watched-stack.ts';

// Brings a scan into a phase and keeps it there for the test.

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

/** A rotator slow enough to be caught in motion: 5 degrees take a quarter of a second. */
export const SLOW_SIMULATOR = {
  SIM_AZ_SPEED_DEG_S: '40',
  SIM_EL_SPEED_DEG_S: '40',
  SIM_AZ_ACCELERATION_DEG_S2: '400',
  SIM_EL_ACCELERATION_DEG_S2: '400',
};

export const SLOW_ROTOR = {
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

export interface PhaseContext extends WatchedStack {
  /** The session that is brought into the phase. */
  sessionId: number;
}

/** Resolves when the session is in the phase. */
export async function enterPhase(phase: Phase, context: PhaseContext): Promise<void> {
  const { stack, link, sessionId } = context;
  const failures = failuresOf(context);
  const slews = context.slews();
  // Refused while a terminated service is still restarting.
  const act = (verb: string) =>
    until(`the answer to ${verb}`, async () => {
      const { status } = await stack.api('POST', `/api/skyscan/${sessionId}/${verb}`);
      return status !== 503;
    });
  switch (phase) {
    case 'pending':
      await untilStatusWithRetry(stack, sessionId, 'pending');
      return;
    case 'acquiring':
      await untilStatusWithRetry(stack, sessionId, 'running');
      await act('pause');
      await untilStatusWithRetry(stack, sessionId, 'paused');
      link.setCondition({ kind: 'silent' });
      await act('resume');
      return;
    case 'slewing':
      await until('motion', () => context.moving());
      return;
    case 'integrating':
      await until('a slew', () => context.slews() > slews);
      await until('the rotor has stopped', async () => !(await context.moving()));
      return;
    case 'waiting':
      await stack.simulator('POST', '/faults', { dongle_silent: true });
      await until('a failure', () => failuresOf(context) > failures);
      return;
    case 'parking':
      await untilPoints(stack, sessionId, 1);
      await until('the move to the park pointing', () => context.moving());
      return;
    case 'paused':
      await untilStatusWithRetry(stack, sessionId, 'running');
      await act('pause');
      await untilStatusWithRetry(stack, sessionId, 'paused');
  }
}

function failuresOf({ stack }: PhaseContext): number {
  return stack.log('scan-orchestrator').split('Cannot connect to the receiver').length;
}

/** Removes the cause that keeps it in the phase. */
export async function leavePhase(phase: Phase, { stack, link, sessionId }: PhaseContext): Promise<void> {
  link.setCondition({ kind: 'normal' });
  await stack.simulator('POST', '/faults', { dongle_silent: false });
  if (phase === 'paused')
    await until('the session is resumed', async () => {
      const { status } = await stack.api('POST', `/api/skyscan/${sessionId}/resume`);
      return status === 200;
    });
}
