import type { z } from 'zod';
import type { moveSchema, newRotorSchema, positionSchema } from '../../http/schemas/rotors.ts';
import type { rotorSchema, rotorTestSchema } from '../../http/schemas/rotors.ts';
import type { measurementsSchema, previewSchema } from '../../http/schemas/sessions.ts';
import type { scanRequestSchema, sessionSchema } from '../../http/schemas/sessions.ts';

// The public API as its own schemas say it; types only, nothing of zod gets into the page.

export type Session = z.infer<typeof sessionSchema>;
export type SessionStatus = Session['status'];
export type ScanRequest = z.input<typeof scanRequestSchema>;
export type ScanPreview = z.infer<typeof previewSchema>;
export type Measurement = z.infer<typeof measurementsSchema>[number];

export type Rotor = z.infer<typeof rotorSchema>;
export type NewRotor = z.input<typeof newRotorSchema>;
export type RotorTest = z.infer<typeof rotorTestSchema>;
export type RotorPosition = z.infer<typeof positionSchema>;
export type Move = z.input<typeof moveSchema>;

/** A direction as the API writes it, degrees. */
export interface ApiPointing {
  azimuth: number;
  elevation: number;
}
