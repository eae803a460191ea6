import { z } from 'zod';
import { count, finite } from './measurement.ts';
import { sessionStatusSchema } from './mqtt-messages.ts';

// State of rotors and sites in the form that Home Assistant shows; with HOME_ASSISTANT=true.

const time = z.iso.datetime().nullable();

/** Payload of `rotors/{rotor_id}/scan`, retained. */
export const rotorScanMessageSchema = z
  .object({
    rotor_id: count.min(1),
    session_id: count
      .min(1)
      .nullable()
      .meta({ description: 'The scan in progress, else the last one; null: there is none' }),
    status: sessionStatusSchema.or(z.literal('idle')).meta({ description: 'idle: the rotor has no scan' }),
    progress_pct: finite.min(0).max(100).nullable(),
    completed: count.meta({ description: 'Number of measured points' }),
    total: count.meta({ description: 'Number of points of the grid' }),
    started_at: time,
    finished_at: time,
    eta: time.meta({ description: 'Expected end, UTC; null unless the scan is running' }),
    suspended: z
      .boolean()
      .meta({ description: 'The scan is paused by a condition such as wind, and resumes automatically' }),
    problem: z.boolean().meta({ description: 'The scan receives no points because of a fault' }),
    level: finite.nullable().meta({ description: 'Mean level of the last point; null: no point' }),
    unit: z.enum(['dBm', 'dBFS']).meta({ description: 'Unit of the level' }),
    measured_at: time.meta({ description: 'Time of the last point, UTC' }),
  })
  .meta({ id: 'RotorScanMessage', description: 'The scan of a rotor' });
export type RotorScanMessage = z.infer<typeof rotorScanMessageSchema>;

/** Payload of `rotors/{rotor_id}/notes`, retained. */
export const rotorNotesMessageSchema = z
  .object({
    session_id: count.min(1).nullable(),
    notes: z.string().nullable().meta({ description: 'Notes of the scan' }),
    fault: z.string().nullable().meta({ description: 'Why the scan receives no points' }),
  })
  .meta({ id: 'RotorNotesMessage', description: 'Notes and fault of the scan of a rotor' });
export type RotorNotesMessage = z.infer<typeof rotorNotesMessageSchema>;

/** Payload of `rotors/{rotor_id}/map`, retained. */
export const rotorMapSchema = z
  .string()
  .meta({ id: 'RotorMap', format: 'binary', description: 'The map of the scan of a rotor as PNG' });

/** Payload of `sites/{site_id}/state`, retained. */
export const siteStateMessageSchema = z
  .object({
    site_id: count.min(1),
    running: count.meta({ description: 'Number of running scans' }),
    paused: count.meta({ description: 'Number of paused scans' }),
    alerts: count.meta({ description: 'Number of alerts that are not cleared' }),
  })
  .meta({ id: 'SiteStateMessage', description: 'The scans and alerts of a site' });
export type SiteStateMessage = z.infer<typeof siteStateMessageSchema>;

export const SITE_EVENTS = ['alert_raised', 'alert_cleared', 'new_source'] as const;

/** Sources of an event; the API has all. */
export const MAX_EVENT_SOURCES = 20;

/** Payload of `sites/{site_id}/events`. */
export const siteEventMessageSchema = z
  .object({
    event_type: z.enum(SITE_EVENTS),
    at: z.iso.datetime().meta({ description: 'UTC' }),
    title: z.string(),
    alert_id: count.min(1).nullable().meta({ description: 'null: new_source' }),
    kind: z.string().nullable().meta({ description: 'Kind of the alert; null: new_source' }),
    session_id: count.min(1).nullable(),
    azimuth: finite.nullable().meta({ description: 'Degrees; null: no direction, or several sources' }),
    elevation: finite.nullable().meta({ description: 'Degrees; null: no direction, or several sources' }),
    total: count.meta({ description: 'Number of new sources; 0: an alert' }),
    sources: z
      .array(
        z.object({
          catalogue_id: count.min(1),
          name: z.string().nullable().meta({ description: 'Given by a user, or what it was identified as' }),
          azimuth: finite,
          elevation: finite,
          frequency_hz: finite.nullable().meta({ description: 'Centre of its first frequency range' }),
        }),
      )
      .max(MAX_EVENT_SOURCES)
      .meta({ description: `The new sources, at most ${MAX_EVENT_SOURCES}` }),
  })
  .meta({ id: 'SiteEventMessage', description: 'An alert or new sources' });
export type SiteEventMessage = z.infer<typeof siteEventMessageSchema>;
