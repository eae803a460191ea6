import { z } from 'zod';
import { alertSchema } from './rest/alerts.ts';

/** The newest alerts of a message; the API has all. */
export const MAX_MESSAGE_ALERTS = 100;

/** Payload of `alerts/{alert_id}`, retained until the alert is cleared. */
export const alertMessageSchema = alertSchema
  .extend({
    link: z.string().meta({ description: 'Its page of the dashboard' }),
    picture: z.string().nullable().meta({ description: 'The map of the comparison' }),
  })
  .meta({ id: 'AlertMessage', description: 'An alert that is not cleared' });
export type AlertMessage = z.infer<typeof alertMessageSchema>;

/** Payload of `alerts`, retained. */
export const alertListMessageSchema = z
  .object({
    total: z.int().min(0).meta({ description: 'Number of alerts that are not cleared' }),
    alerts: z
      .array(alertMessageSchema)
      .max(MAX_MESSAGE_ALERTS)
      .meta({ description: `Newest first, at most ${MAX_MESSAGE_ALERTS}` }),
  })
  .meta({ id: 'AlertListMessage', description: 'All alerts that are not cleared' });
export type AlertListMessage = z.infer<typeof alertListMessageSchema>;
