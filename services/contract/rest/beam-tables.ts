import { z } from 'zod';

/** The file of a beam that the simulator reads. */
export const beamTableSchema = z
  .object({
    gain_dbi: z.number().meta({ description: 'On the axis: the directivity, if need be its upper bound' }),
    off_axis_deg: z.array(z.number()).meta({ description: 'Angles from the axis, from 0 to 180' }),
    roll_deg: z.array(z.number()).meta({
      description: 'Directions around the axis, rising: 0 is to the right, 90 is up',
    }),
    gain_db: z.array(z.array(z.number())).meta({
      description:
        'Relative to the axis: a row for each roll_deg. What was not measured has the mean beyond the main lobe, or the lowest measured gain',
    }),
  })
  .meta({ id: 'BeamTable', description: 'Pattern of an antenna as the simulator reads it (SIM_BEAM_FILE)' });
export type BeamTable = z.infer<typeof beamTableSchema>;
