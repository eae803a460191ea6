import { z } from 'zod';
import { MAX_ID } from '../ids.ts';
import { count } from './query.ts';
import { siteIdParameter } from './sites.ts';

const measured = z.number().nullable();

const axisSchema = z
  .object({
    speed_deg_s: measured,
    acceleration_deg_s2: measured,
    start_delay_ms: measured.meta({ description: 'From the command to the first movement' }),
    resolution_deg: measured.meta({ description: 'Step of the readback' }),
    overshoot_deg: measured.meta({ description: 'Largest overshoot of the readback' }),
    backlash_deg: measured.meta({
      description: 'Motion lost on a change of direction, as far as the readback shows it',
    }),
    settle_ms: measured.meta({
      description: 'From the first readback at the final position until it is stable',
    }),
  })
  .meta({ id: 'AxisCharacteristics', description: 'null: not measurable, see the remarks' });

export const characteristicsSchema = z
  .object({
    azimuth: axisSchema.nullable(),
    elevation: axisSchema.nullable(),
    round_trip_ms: z.number().meta({ description: 'Median time of a position query' }),
    measured_at: z.string().meta({ description: 'UTC with Z' }),
    remarks: z.array(z.string()),
    applied: z
      .record(z.string(), z.number())
      .meta({ description: 'Rotor fields that the measurement changed, with their new values' }),
  })
  .meta({ id: 'RotorCharacteristics' });
export type Characteristics = z.infer<typeof characteristicsSchema>;
export type AxisCharacteristics = z.infer<typeof axisSchema>;

/** The last characterisation of each rotor. */
export const characteristicsListSchema = z.array(
  characteristicsSchema.extend({ rotor_id: z.int() }).meta({ id: 'RotorCharacteristicsOfRotor' }),
);

/** Query of the list. */
export const characteristicsQuerySchema = z.object({
  rotor_id: count(1, MAX_ID).optional(),
  site_id: siteIdParameter.optional(),
});

/** The same query for the documentation. */
export const characteristicsQueryDocs = z.object({
  rotor_id: z.int().min(1).optional().meta({ description: 'Only of this rotor' }),
  site_id: z.int().min(1).optional().meta({ description: 'Only of rotors of this site' }),
});

/** One line of the response of characterise. */
export const characteriseLineSchema = z
  .union([
    z.object({ fraction: z.number(), step: z.string(), azimuth: z.number(), elevation: z.number() }),
    z.object({ result: characteristicsSchema }),
    z.object({ detail: z.string() }),
  ])
  .meta({ id: 'CharacteriseLine', description: 'Progress; the last line is the result or the error' });
export type CharacteriseLine = z.infer<typeof characteriseLineSchema>;
