import type { RouteConfig } from '@asteasolutions/zod-to-openapi';
import { deliveryQueryDocs } from '#contract/rest/alert-channels';
import { alertQueryDocs } from '#contract/rest/alerts';
import { operation, type Errors } from './operation.ts';

const NO_ALERT: Errors = { 404: 'Alert not found' };
const NO_RULE: Errors = { 404: 'Rule not found' };
const NO_CHANNEL: Errors = { 404: 'Channel not found' };
const CLEARED: Errors = { ...NO_ALERT, 409: 'The alert is cleared' };
const FORBIDDEN_ADDRESS: Errors = {
  400: 'The address of the channel is not found or not in ALERT_NETWORKS',
};

/** `/api/alert*`. */
export const alertOperations: RouteConfig[] = [
  operation(
    'GET /api/alerts',
    'List the alerts',
    'Newest first. An alert is open until it is acknowledged, and cleared when its source is as usual again.',
    { query: alertQueryDocs },
  ),
  operation('GET /api/alerts/{alert_id}', 'Get an alert', '', { errors: NO_ALERT }),
  operation('GET /api/alerts/{alert_id}/events', 'Get its history', 'Oldest first.', { errors: NO_ALERT }),
  operation(
    'POST /api/alerts/{alert_id}/acknowledge',
    'Acknowledge an alert',
    'It stays acknowledged until it is cleared.',
    { errors: CLEARED },
  ),
  operation(
    'POST /api/alerts/{alert_id}/silence',
    'Silence an alert',
    'For some hours nothing is sent of it, and after it was cleared it is not raised again.',
    { errors: NO_ALERT },
  ),
  operation(
    'POST /api/alerts/{alert_id}/known',
    'Mark its source as known',
    'Marks its entry in /api/sources as known and clears the alert. Rules with mute_known raise no other.',
    { errors: { ...NO_ALERT, 409: 'The alert has no entry in /api/sources; or it is cleared' } },
  ),
  operation(
    'POST /api/alerts/{alert_id}/reopen',
    'Undo acknowledge and silence',
    'An alert that is cleared stays cleared.',
    { errors: NO_ALERT },
  ),

  operation('GET /api/alert-rules', 'List the rules', 'Oldest first. The first start creates "All changes".'),
  operation(
    'POST /api/alert-rules',
    'Create a rule',
    `Which changes raise alerts, and where they are sent. A source is raised when it was seen in raise_seen of raise_of
sessions, or once above immediate_z, and cleared after clear_after sessions without it. Comparisons from before the rule raise nothing.`,
    { status: 201 },
  ),
  operation('GET /api/alert-rules/{rule_id}', 'Get a rule', '', { errors: NO_RULE }),
  operation(
    'PUT /api/alert-rules/{rule_id}',
    'Replace a rule',
    'Its alerts stay. When it is disabled, they are cleared.',
    { errors: NO_RULE },
  ),
  operation('DELETE /api/alert-rules/{rule_id}', 'Delete a rule', 'And its alerts.', { errors: NO_RULE }),

  operation('GET /api/alert-channels', 'List the channels', 'Oldest first.'),
  operation(
    'POST /api/alert-channels',
    'Create a channel',
    `A webhook, a topic of ntfy or addresses of mail. Rules name the channels that they send to.`,
    { status: 201, errors: FORBIDDEN_ADDRESS },
  ),
  operation('GET /api/alert-channels/{channel_id}', 'Get a channel', '', { errors: NO_CHANNEL }),
  operation(
    'PUT /api/alert-channels/{channel_id}',
    'Replace a channel',
    'Its kind cannot change. Secrets that are absent stay.',
    { errors: { ...NO_CHANNEL, ...FORBIDDEN_ADDRESS, 409: 'The channel has another kind' } },
  ),
  operation(
    'DELETE /api/alert-channels/{channel_id}',
    'Delete a channel',
    'And its deliveries; rules no longer name it.',
    { errors: NO_CHANNEL },
  ),
  operation(
    'POST /api/alert-channels/{channel_id}/test',
    'Send a test message',
    'Now, once, also if the channel is disabled.',
    { errors: NO_CHANNEL },
  ),
  operation(
    'GET /api/alert-deliveries',
    'List the deliveries',
    'Newest first. A delivery that fails is tried again, with growing pauses, for 24 h.',
    { query: deliveryQueryDocs },
  ),
];
