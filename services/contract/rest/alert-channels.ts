import { z } from 'zod';
import { ALERT_PLACEHOLDERS, templateProblem } from '../alert-placeholders.ts';
import { MAX_ID } from '../ids.ts';
import { ALERT_EVENTS, SESSION_EVENTS } from '../notifications.ts';
import { integerWithin, text, yesNo } from './fields.ts';
import { count } from './query.ts';

const time = z.string().meta({ description: 'UTC with Z' });
const name = text.trim().min(1, 'Must not be empty').max(100, 'Must have at most 100 characters');

export const CHANNEL_KINDS = ['webhook', 'ntfy', 'mail', 'mqtt'] as const;
export type ChannelKind = (typeof CHANNEL_KINDS)[number];

/** A text with placeholders such as {azimuth}; null: the built-in one. */
function template(maxLength: number, mayHaveLines: boolean) {
  return text
    .trim()
    .min(1, 'Must not be empty')
    .max(maxLength, `Must have at most ${maxLength} characters`)
    .superRefine((value, context) => {
      const problem = templateProblem(value, mayHaveLines);
      if (problem !== undefined) context.addIssue(problem);
    })
    .nullable()
    .default(null)
    .meta({
      description: `With placeholders: {${ALERT_PLACEHOLDERS.join('}, {')}}. null: the built-in text`,
    });
}

/** An http or https address without a user name. */
const httpAddress = text
  .max(2_000, 'Must have at most 2000 characters')
  .pipe(z.url({ protocol: /^https?$/, error: 'Must be an address such as https://example.org/hook' }))
  .refine((url) => !URL.canParse(url) || (new URL(url).username === '' && new URL(url).password === ''), {
    message: 'Must have no user name or password',
  });

/** Visible ASCII: it is sent in a header. */
const secretText = (min: number) =>
  text.regex(
    new RegExp(`^[!-~]{${min},500}$`),
    `Must have ${min} to 500 visible ASCII characters without spaces`,
  );

const writeOnly = 'Never returned. Absent in PUT: stays as it is; null: none';

const mailAddress = text
  .max(254, 'Must have at most 254 characters')
  .pipe(z.email('Must be an address such as watch@example.org'));

const common = {
  name,
  title: template(200, false),
  text: template(4_000, true),
  session_events: z
    .array(z.enum(SESSION_EVENTS, { error: `Must be one of ${SESSION_EVENTS.join(', ')}` }))
    .max(SESSION_EVENTS.length, 'Must have each event once')
    .refine((events) => new Set(events).size === events.length, 'Must have each event once')
    .default([])
    .meta({
      description:
        'Events of all sessions that are sent; those of alerts are in the rules. session_paused: it does not resume by itself. session_suspended: it has been waiting for 30 minutes and resumes by itself',
    }),
  is_enabled: yesNo.default(true),
};

/** Publishes on the topic `notifications` of the broker of Sky Scan. */
const mqttShape = { ...common, kind: z.literal('mqtt') };
const webhookShape = { ...common, kind: z.literal('webhook'), url: httpAddress };
const ntfyShape = {
  ...common,
  kind: z.literal('ntfy'),
  server: httpAddress.default('https://ntfy.sh'),
  topic: text.regex(/^[\w-]{1,64}$/, 'Must have 1 to 64 letters, digits, _ and -'),
  priority: integerWithin(1, 5).default(3),
  tags: z
    .array(text.regex(/^[\w+-]{1,50}$/, 'Must have 1 to 50 letters, digits, _, + and -'))
    .max(5, 'Must have at most 5 tags')
    .default(['satellite']),
};
const mailShape = {
  ...common,
  kind: z.literal('mail'),
  from: mailAddress,
  to: z.array(mailAddress).min(1, 'Must have at least one address').max(20, 'Must have at most 20 addresses'),
};

const smtpUrl = text.max(1_000, 'Must have at most 1000 characters').pipe(
  z.url({
    protocol: /^smtps?$/,
    error: 'Must be an address such as smtps://user:password@mail.example.org:465',
  }),
);

const secret = secretText(16)
  .nullable()
  .optional()
  .meta({
    description: `Signs the requests, HMAC-SHA256. ${writeOnly}`,
  });
const token = secretText(1)
  .nullable()
  .optional()
  .meta({ description: `Access token. ${writeOnly}` });
const smtp = smtpUrl
  .nullable()
  .optional()
  .meta({
    description: `Server, with its user and password. null: the one of SMTP_URL. ${writeOnly}`,
  });

/** Body of POST and PUT. */
export const alertChannelRequestSchema = z
  .discriminatedUnion(
    'kind',
    [
      z.strictObject({ ...webhookShape, secret }).meta({ id: 'WebhookChannelRequest' }),
      z.strictObject({ ...ntfyShape, token }).meta({ id: 'NtfyChannelRequest' }),
      z.strictObject({ ...mailShape, smtp_url: smtp }).meta({ id: 'MailChannelRequest' }),
      z.strictObject(mqttShape).meta({ id: 'MqttChannelRequest' }),
    ],
    { error: `Must have a kind: ${CHANNEL_KINDS.join(', ')}` },
  )
  .meta({ id: 'AlertChannelRequest' });
export type AlertChannelRequest = z.output<typeof alertChannelRequestSchema>;
/** The same before defaults are filled in. */
export type AlertChannelBody = z.input<typeof alertChannelRequestSchema>;

const stored = {
  id: z.int(),
  created_at: time,
  failing_since: time.nullable().meta({ description: 'Its last delivery failed; null: it works or is new' }),
  problem: z.string().nullable().meta({ description: 'Why it failed' }),
};
export const alertChannelSchema = z
  .discriminatedUnion('kind', [
    z.object({ ...stored, ...webhookShape, has_secret: z.boolean() }).meta({ id: 'WebhookChannel' }),
    z.object({ ...stored, ...ntfyShape, has_token: z.boolean() }).meta({ id: 'NtfyChannel' }),
    z.object({ ...stored, ...mailShape, has_smtp_url: z.boolean() }).meta({ id: 'MailChannel' }),
    z.object({ ...stored, ...mqttShape }).meta({ id: 'MqttChannel' }),
  ])
  .meta({ id: 'AlertChannel' });
export type AlertChannel = z.output<typeof alertChannelSchema>;

/** Answer of POST `.../test`. */
export const channelTestSchema = z
  .object({
    is_delivered: z.boolean(),
    problem: z.string().nullable().meta({ description: 'Why it was not' }),
    duration_ms: z.number(),
  })
  .meta({ id: 'ChannelTest' });

const DELIVERY_STATUSES = ['waiting', 'delivered', 'failed'] as const;
export const alertDeliverySchema = z
  .object({
    id: z.int(),
    event_id: z.string().meta({ description: 'The same in every attempt: receivers drop what they have' }),
    channel_id: z.int(),
    alert_id: z.int().nullable().meta({ description: 'Null: it is about a session' }),
    session_id: z.int().nullable().meta({ description: 'Null: it is about an alert' }),
    event: z.enum([...ALERT_EVENTS, ...SESSION_EVENTS]),
    status: z.enum(DELIVERY_STATUSES).meta({ description: 'failed: given up after 24 h' }),
    attempts: z.int(),
    problem: z.string().nullable().meta({ description: 'Of the last attempt' }),
    created_at: time,
    next_attempt_at: time.nullable(),
    ended_at: time.nullable().meta({ description: 'When it was delivered or given up' }),
  })
  .meta({ id: 'AlertDelivery' });
export type AlertDelivery = z.infer<typeof alertDeliverySchema>;

const MAX_DELIVERIES = 500;
/** Query of GET `/api/alert-deliveries`. */
export const deliveryQuerySchema = z.strictObject({
  channel: count(1, MAX_ID).optional(),
  alert: count(1, MAX_ID).optional(),
  before_id: count(1, MAX_ID).optional(),
  limit: count(1, MAX_DELIVERIES).default(100),
});
/** The same for the OpenAPI document. */
export const deliveryQueryDocs = z.object({
  channel: z.int().min(1).optional().meta({ description: 'Id of a channel' }),
  alert: z.int().min(1).optional().meta({ description: 'Id of an alert' }),
  before_id: z.int().min(1).optional().meta({ description: 'Only older ones' }),
  limit: z.int().min(1).max(MAX_DELIVERIES).default(100),
});
