import { randomUUID } from 'node:crypto';
import type { Router } from 'express';
import { parseId } from '#contract/ids';
import {
  alertChannelRequestSchema,
  deliveryQuerySchema,
  type AlertChannelRequest,
} from '#contract/rest/alert-channels';
import { errorMessage } from '#shared/base/errors';
import { endpointOf } from '../alerts/channel-addresses.ts';
import { publishedChannel, publishedDelivery } from '../alerts/published-alerts.ts';
import type { SendParts } from '../alerts/outgoing.ts';
import { sendMessage } from '../alerts/send-message.ts';
import { testOutgoing } from '../alerts/test-message.ts';
import {
  changeChannel,
  deleteChannel,
  findChannel,
  insertChannel,
  listChannels,
  type ChannelRow,
  type ChannelSecrets,
  type ChannelSettings,
} from '../store/alerts/channels.ts';
import { listDeliveries } from '../store/alerts/deliveries.ts';
import { removeChannelFromRules } from '../store/alerts/rules.ts';
import type { AlertRouteParts } from './alerts.ts';
import { jsonBody } from './body.ts';
import { HttpError, parseOr422 } from './errors.ts';
import { resource } from './resource.ts';

export type ChannelRouteParts = AlertRouteParts &
  SendParts & {
    /** Address of the dashboard, without a final slash. */
    baseUrl: string;
  };

/** `/api/alert-channels*` and `/api/alert-deliveries`. */
export function alertChannelRoutes(router: Router, parts: ChannelRouteParts): void {
  const { db } = parts;
  const channelOf = async (text: unknown): Promise<ChannelRow> => {
    const id = parseId(text);
    const channel = id === undefined ? undefined : await findChannel(db, id);
    if (!channel) throw notFound();
    return channel;
  };

  /** The channel of a body, at addresses that are allowed now; each delivery checks them again. */
  const parsed = async (body: unknown): Promise<[ChannelSettings, ChannelSecrets]> => {
    const channel = parseOr422(alertChannelRequestSchema, body, 'body');
    const url = addressOf(channel);
    if (url) await parts.resolve(url.host, url.port);
    return split(channel);
  };

  resource(router, '/api/alert-channels', {
    get: async (_request, response) => {
      response.json((await listChannels(db)).map(publishedChannel));
    },
    post: [
      jsonBody,
      async (request, response) => {
        const channel = await insertChannel(db, ...(await parsed(request.body)));
        response.status(201).location(`/api/alert-channels/${channel.id}`).json(publishedChannel(channel));
      },
    ],
  });

  resource(router, '/api/alert-channels/:channel_id', {
    get: async (request, response) => {
      response.json(publishedChannel(await channelOf(request.params['channel_id'])));
    },
    put: [
      jsonBody,
      async (request, response) => {
        const { id, request: before } = await channelOf(request.params['channel_id']);
        const [settings, secrets] = await parsed(request.body);
        if (settings.kind !== before.kind)
          throw new HttpError(409, `The channel is of the kind ${before.kind}; create another one`);
        const channel = await db.transaction((tx) => changeChannel(tx, id, settings, secrets));
        if (!channel) throw notFound();
        parts.wakeAlerts();
        response.json(publishedChannel(channel));
      },
    ],
    delete: async (request, response) => {
      const { id } = await channelOf(request.params['channel_id']);
      await db.transaction(async (tx) => {
        await removeChannelFromRules(tx, id);
        await deleteChannel(tx, id);
      });
      response.status(204).end();
    },
  });

  resource(router, '/api/alert-channels/:channel_id/test', {
    post: async (request, response) => {
      const channel = await channelOf(request.params['channel_id']);
      const outgoing = testOutgoing(channel, { eventId: randomUUID(), ...parts });
      const startMs = performance.now();
      const problem = await sendMessage(parts, channel, outgoing, new AbortController().signal).then(
        () => null,
        errorMessage,
      );
      response.json({
        is_delivered: problem === null,
        problem,
        duration_ms: Math.round(performance.now() - startMs),
      });
    },
  });

  resource(router, '/api/alert-deliveries', {
    get: async (request, response) => {
      const filter = parseOr422(deliveryQuerySchema, request.query, 'query');
      response.json((await listDeliveries(db, filter)).map(publishedDelivery));
    },
  });
}

function notFound(): HttpError {
  return new HttpError(404, 'Channel not found');
}

/** Undefined: the mail server or the broker of the configuration. */
function addressOf(channel: AlertChannelRequest): { host: string; port: number } | undefined {
  if (channel.kind === 'mqtt') return undefined;
  if (channel.kind === 'mail') return channel.smtp_url ? endpointOf(channel.smtp_url) : undefined;
  return endpointOf(channel.kind === 'webhook' ? channel.url : channel.server);
}

/** Secrets that are absent are not part of the result. */
function split(channel: AlertChannelRequest): [ChannelSettings, ChannelSecrets] {
  switch (channel.kind) {
    case 'webhook': {
      const { secret, ...settings } = channel;
      return [settings, secret === undefined ? {} : { secret }];
    }
    case 'ntfy': {
      const { token, ...settings } = channel;
      return [settings, token === undefined ? {} : { token }];
    }
    case 'mail': {
      const { smtp_url, ...settings } = channel;
      return [settings, smtp_url === undefined ? {} : { smtp_url }];
    }
    case 'mqtt':
      return [channel, {}];
  }
}
