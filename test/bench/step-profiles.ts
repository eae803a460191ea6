import type { RotorMotion } from '#shared/sky/kinematics';
import { callApi } from '../support/stack-client.ts';
import type { TestStack } from '../support/stack.ts';

/** A rotator profile for timed scans. */
export interface StepProfile {
  name: string;
  motion: RotorMotion;
  settleMs: number;
  /**
   * Resolution of the simulated readback, degrees; undefined: Hamlib's rotctld with its dummy
   * rotator.
   */
  resolutionDeg: number | undefined;
  /** Maximum of wall over bound. */
  goal: number;
}

const axis = (speedDegPerS: number, accelerationDegPerS2: number) => ({ speedDegPerS, accelerationDegPerS2 });

// Typical values; real rotators differ.
const G_5500 = { azimuth: axis(6.2, 20), elevation: axis(2.69, 9) };
export const STEP_PROFILES: readonly StepProfile[] = [
  { name: 'G-5500', motion: G_5500, settleMs: 500, resolutionDeg: 0.1, goal: 1.02 },
  { name: 'G-5500, 1 deg', motion: G_5500, settleMs: 500, resolutionDeg: 1, goal: 1.02 },
  {
    name: 'SPID 24 V',
    motion: { azimuth: axis(6, 20), elevation: axis(4.5, 15) },
    settleMs: 300,
    resolutionDeg: 0.1,
    goal: 1.02,
  },
  {
    name: 'SatNOGS v3',
    motion: { azimuth: axis(13.3, 6.7), elevation: axis(13.3, 6.7) },
    settleMs: 200,
    resolutionDeg: 0.1,
    goal: 1.02,
  },
  {
    name: 'Carryout G2',
    motion: { azimuth: axis(65, 400), elevation: axis(45, 400) },
    settleMs: 100,
    resolutionDeg: 0.1,
    goal: 1.06,
  },
  {
    name: 'rotctld -m 1',
    motion: { azimuth: axis(6, 3_600), elevation: axis(6, 3_600) },
    settleMs: 100,
    resolutionDeg: undefined,
    goal: 1.02,
  },
];

/** The variables of a simulator with the rotator of a profile. */
export function profileSimulator({
  motion: { azimuth, elevation },
  resolutionDeg,
}: StepProfile): Record<string, string> {
  return {
    SIM_AZ_SPEED_DEG_S: String(azimuth.speedDegPerS),
    SIM_EL_SPEED_DEG_S: String(elevation.speedDegPerS),
    SIM_AZ_ACCELERATION_DEG_S2: String(azimuth.accelerationDegPerS2),
    SIM_EL_ACCELERATION_DEG_S2: String(elevation.accelerationDegPerS2),
    SIM_RESOLUTION_DEG: String(resolutionDeg ?? 0),
  };
}

/** Registers the rotator of a profile as rotor 1. */
export async function registerProfile(
  stack: TestStack,
  { name, motion: { azimuth, elevation }, settleMs }: StepProfile,
  readMs: number,
  port = stack.addresses.simulator.rotctldPort,
): Promise<void> {
  await callApi(stack, 'POST', '/api/rotors', {
    name,
    port,
    tolerance_deg: 0.5,
    settle_ms: settleMs,
    az_speed_deg_s: azimuth.speedDegPerS,
    el_speed_deg_s: elevation.speedDegPerS,
    az_acceleration_deg_s2: azimuth.accelerationDegPerS2,
    el_acceleration_deg_s2: elevation.accelerationDegPerS2,
    read_ms: readMs,
  });
}
