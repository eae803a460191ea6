import { z } from 'zod';
import { text, within } from './fields.ts';

/** Sources whose direction is known at every time. */
export const FRAME_BODIES = ['sun', 'moon'] as const;

const nameField = text.min(1, 'Must not be empty').max(200, 'Must have at most 200 characters');

/** `frame` in the body of a scan. */
export const frameSchema = z
  .strictObject({
    source: z
      .union(
        [
          z.enum(FRAME_BODIES),
          z.strictObject({
            satellite: z
              .union([nameField, z.int().min(1).max(999_999_999)])
              .meta({ description: 'Name or catalogue number in the orbital elements' }),
          }),
          z.strictObject({ emitter: nameField.meta({ description: 'Name in the list of emitters' }) }),
          z.strictObject({ azimuth: within(-360, 360, 'deg'), elevation: within(-10, 90, 'deg') }),
        ],
        {
          error:
            'Must be "sun", "moon", or an object with satellite, with emitter, or with azimuth and elevation',
        },
      )
      .meta({ 'x-label': 'Source' }),
  })
  .meta({
    id: 'ScanFrame',
    'x-label': 'Around a source',
    description:
      'The grid consists of offsets of the beam axis from this source, in the coordinates of the antenna: az_start to az_end to the right ' +
      '(-180 to 180), el_start to el_end upwards. The scan follows the source. Points out of reach are left out, and notes reports them',
  });
export type FrameRequest = z.infer<typeof frameSchema>;
