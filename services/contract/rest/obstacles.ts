import { z } from 'zod';
import { describeObstacle, isInSector } from '#shared/sky/obstacles';
import { beamDirection } from '#shared/sky/pointing';
import { within } from './fields.ts';

export const horizonSchema = z
  .array(
    z.tuple([within(0, 360, 'deg'), within(-90, 90, 'deg')], { error: 'Must be [azimuth, elevation]' }),
    { error: 'Must be a list of [azimuth, elevation]' },
  )
  .max(721, 'Must have at most 721 points')
  .superRefine((mask, context) => {
    mask.forEach(([azimuth], i) => {
      const previous = mask[i - 1]?.[0];
      if (previous !== undefined && azimuth <= previous)
        context.addIssue({
          code: 'custom',
          path: [i, 0],
          message: `Must be above ${previous}, the previous azimuth`,
        });
    });
  })
  .meta({
    description:
      'Horizon mask: [azimuth, lowest elevation] in degrees, azimuths ascending from 0 to 360, linear between the points and ' +
      'through north. The beam never passes below it, except to the park position',
  });

const keepOutSchema = z
  .strictObject({
    az_start: within(0, 360, 'deg'),
    az_end: within(0, 360, 'deg'),
    el_min: within(-90, 90, 'deg'),
    el_max: within(-90, 90, 'deg'),
  })
  .refine((sector) => sector.el_min < sector.el_max, { path: ['el_max'], message: 'Must be above el_min' })
  .meta({
    description:
      'From az_start clockwise to az_end (through north if az_end is smaller); degrees, edges included',
  });

export const keepOutsSchema = z
  .array(keepOutSchema, { error: 'Must be a list of sectors' })
  .max(32, 'Must have at most 32 sectors')
  .meta({ description: 'Sectors of the sky that the beam never enters' });

const parkSchema = z.object({ park_az: z.number(), park_el: z.number(), keep_out: keepOutsSchema });

/**
 * Why the park pointing of a rotor is not allowed; undefined if it is, or if another field is
 * invalid.
 */
export function parkProblem(rotor: unknown): string | undefined {
  const { success, data } = parkSchema.safeParse(rotor);
  if (!success) return undefined;
  const park = beamDirection({ azimuthDeg: data.park_az, elevationDeg: data.park_el });
  const sector = data.keep_out
    .map((keepOut) => ({
      azStartDeg: keepOut.az_start,
      azEndDeg: keepOut.az_end,
      elMinDeg: keepOut.el_min,
      elMaxDeg: keepOut.el_max,
    }))
    .find((keepOut) => isInSector(keepOut, park, park));
  return sector && `Must be outside ${describeObstacle({ kind: 'keep-out', sector })}`;
}
