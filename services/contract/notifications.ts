import { z } from 'zod';
import { alertSchema } from './rest/alerts.ts';
import { SESSION_STATUSES } from './session-status.ts';

/** What channels can be told of a session. */
export const SESSION_EVENTS = ['session_ended', 'session_paused', 'session_suspended'] as const;
export type SessionEvent = (typeof SESSION_EVENTS)[number];

export function isSessionEvent(event: string): event is SessionEvent {
  return (SESSION_EVENTS as readonly string[]).includes(event);
}

export const ALERT_EVENTS = ['raised', 'cleared'] as const;
export type AlertEventName = (typeof ALERT_EVENTS)[number];

/** A session at an event. */
export const sessionNoticeSchema = z
  .object({
    id: z.int(),
    rotor: z.string().meta({ description: 'Name of the rotor' }),
    status: z.enum(SESSION_STATUSES),
    completed_points: z.int(),
    total_points: z.int(),
    reason: z.string().nullable().meta({ description: 'Why it is paused or was cancelled; null: not known' }),
    since: z.string().meta({ description: 'When it got this status; UTC with Z' }),
  })
  .meta({ id: 'SessionNotice' });
export type SessionNotice = z.infer<typeof sessionNoticeSchema>;

/** A message to people. */
const messageShape = {
  title: z.string(),
  text: z.string(),
  link: z.string().meta({ description: 'Its page of the dashboard' }),
  picture: z.string().nullable().meta({ description: 'A map; null: there is none' }),
};

/** Payload of `notifications` and body of webhooks; `test` has an invented alert. */
export const notificationSchema = z
  .object({
    event_id: z.string().meta({ description: 'The same in every attempt: drop what you have' }),
    event: z.enum([...ALERT_EVENTS, ...SESSION_EVENTS, 'test']),
    ...messageShape,
    alert: alertSchema.optional().meta({ description: 'With raised, cleared and test' }),
    session: sessionNoticeSchema.optional().meta({ description: 'With the events of sessions' }),
  })
  .meta({ id: 'NotificationMessage', description: 'A message of a channel of the kind mqtt' });
export type NotificationMessage = z.infer<typeof notificationSchema>;
