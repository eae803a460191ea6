import { z } from 'zod';
import { measurementSchema, pointingSchema } from '../measurement.ts';
import { dataPointSchema, progressFields } from '../mqtt-messages.ts';
import { planSchema } from '../rest/plan.ts';
import { unitSchema } from '../rest/sessions.ts';

/** A message of `/ws/skyscan/{id}`: a stored point, or (without a point) a changed status. */
export const sessionMessageSchema = z
  .object({ ...progressFields, point: dataPointSchema.nullable() })
  .meta({ id: 'SessionMessage', description: 'A point, or (point is null) a status' });
export type SessionMessage = z.infer<typeof sessionMessageSchema>;

const detailedPointSchema = dataPointSchema.extend({
  seq: z.int().min(1),
  setpoint: pointingSchema,
  measurement: measurementSchema.extend({ unit: unitSchema }),
});

export type DetailedPoint = z.infer<typeof detailedPointSchema>;

/** A status with `?detail=full`, with the current fields of the plan. */
export const detailedStatusMessageSchema = z
  .object({
    ...progressFields,
    point: z.null(),
    ...planSchema.pick({
      elapsed_s: true,
      remaining_s: true,
      fault: true,
      rotor_rests: true,
      resumes_itself: true,
    }).shape,
  })
  .meta({ id: 'DetailedStatusMessage', description: 'A status, with times and the fault' });
export type DetailedStatusMessage = z.infer<typeof detailedStatusMessageSchema>;

export const detailedPointMessageSchema = z
  .object({ ...progressFields, point: detailedPointSchema })
  .meta({ id: 'DetailedPointMessage', description: 'A point with seq, setpoint and measurement' });
export type DetailedPointMessage = z.infer<typeof detailedPointMessageSchema>;

/** A message of `/ws/skyscan/{id}?detail=full`. */
export const detailedSessionMessageSchema = z.union([
  detailedStatusMessageSchema,
  detailedPointMessageSchema,
]);
export type DetailedSessionMessage = z.infer<typeof detailedSessionMessageSchema>;
