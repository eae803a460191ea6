import type { z } from 'zod';
import type { DependencyState } from '#contract/rest/health';
import type { SessionStatus } from '#contract/session-status';
import type { planSchema } from '#contract/rest/plan';
import type { skySchema } from '#contract/rest/sky';
import type { rotorSchema, rotorTestSchema } from '#contract/rest/rotors';
import type { measurementsSchema, previewSchema } from '#contract/rest/sessions';
import type { scanRequestSchema, sessionSchema } from '#contract/rest/sessions';

// The public API as its own schemas say it; types only, nothing of zod gets into the page.

export type Session = z.infer<typeof sessionSchema>;
export type ScanRequest = z.input<typeof scanRequestSchema>;
export type ScanPreview = z.infer<typeof previewSchema>;
export type Plan = z.infer<typeof planSchema>;
export type Sky = z.infer<typeof skySchema>;
export type Measurement = z.infer<typeof measurementsSchema>[number];

export type Rotor = z.infer<typeof rotorSchema>;
export type RotorTest = z.infer<typeof rotorTestSchema>;

/** A direction as the API writes it, degrees. */
export interface ApiPointing {
  azimuth: number;
  elevation: number;
}

/** A message of `/ws/skyscan/{id}?detail=full`. */
export interface LiveMessage {
  session_id: number;
  status: SessionStatus;
  progress_pct: number;
  completed: number;
  total: number;
  /** In messages of a status. */
  fault?: Plan['fault'];
  rotor_rests?: boolean | null;
  resumes_itself?: boolean | null;
  elapsed_s?: number | null;
  remaining_s?: number | null;
  point: { seq: number; measurement: Measurement } | null;
}

/** `/health` */
export interface Health {
  status: 'ok' | 'degraded';
  /** `ok`, or what is wrong in words; by name. */
  dependencies: Record<string, string>;
  states: Record<string, DependencyState>;
}
