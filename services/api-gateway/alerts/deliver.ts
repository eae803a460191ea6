import { randomUUID } from 'node:crypto';
import { isSessionEvent } from '#contract/notifications';
import { errorMessage } from '#shared/base/errors';
import type { Logger } from '#shared/runtime/logger';
import { messageOf } from '../domain/alerts/message.ts';
import { sessionMessageOf } from '../domain/alerts/session-message.ts';
import { findChannel, type ChannelRow } from '../store/alerts/channels.ts';
import {
  claimDelivery,
  dueChannels,
  endDelivered,
  endFailed,
  releaseDelivery,
  scheduleNameOf,
  type DeliveryRow,
} from '../store/alerts/deliveries.ts';
import type { Queryable } from '../store/queryable.ts';
import type { Outgoing, SendParts } from './outgoing.ts';
import { sendMessage } from './send-message.ts';

export interface DeliveryParts extends SendParts {
  db: Queryable;
  /** Address of the dashboard, without a final slash. */
  baseUrl: string;
  logger: Logger;
  /** The deliveries of a channel have ended: others may have come meanwhile. */
  onEnded: () => void;
}

export interface Deliveries {
  /** Begins to deliver what is due, each channel by itself: one that hangs delays no other. */
  begin(signal: AbortSignal): Promise<void>;
  /** Resolves when nothing is being delivered; with an aborted signal soon. */
  ended(): Promise<void>;
}

export function createDeliveries(parts: DeliveryParts): Deliveries {
  const { db, logger } = parts;
  const claim = randomUUID();
  const running = new Map<number, Promise<void>>();

  async function deliverAll(channelId: number, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const delivery = await claimDelivery(db, channelId, claim);
      if (!delivery || !(await deliver(delivery, signal))) return;
    }
  }

  /** Whether it was delivered. */
  async function deliver(delivery: DeliveryRow, signal: AbortSignal): Promise<boolean> {
    const channel = await findChannel(db, delivery.channel_id);
    if (!channel) return false;
    const outgoing = await outgoingOf(delivery, channel);
    try {
      await sendMessage(parts, channel, outgoing, signal);
    } catch (error) {
      if (signal.aborted) {
        await releaseDelivery(db, delivery, claim);
        return false;
      }
      const problem = errorMessage(error);
      const isGivenUp = await endFailed(db, delivery, claim, problem);
      const what = isGivenUp ? 'a message was given up' : 'cannot deliver a message';
      const { alert_id: alert, session_id: session } = delivery;
      logger.warn({ channel: channel.id, alert, session, problem }, what);
      return false;
    }
    await endDelivered(db, delivery, claim);
    return true;
  }

  async function outgoingOf(
    { event, event_id, alert, session }: DeliveryRow,
    { request: templates }: ChannelRow,
  ): Promise<Outgoing> {
    const { baseUrl } = parts;
    if (isSessionEvent(event)) {
      if (!session) throw new Error(`the delivery ${event_id} has no session`);
      return { event_id, event, ...sessionMessageOf({ event, session, baseUrl, templates }), session };
    }
    if (!alert) throw new Error(`the delivery ${event_id} has no alert`);
    const schedule = await scheduleNameOf(db, alert.schedule_id);
    return { event_id, event, ...messageOf({ event, alert, schedule, baseUrl, templates }), alert };
  }

  return {
    async begin(signal) {
      for (const id of await dueChannels(db)) {
        if (running.has(id)) continue;
        const work = deliverAll(id, signal)
          .catch((error: unknown) => {
            if (!signal.aborted)
              logger.warn({ channel: id, reason: errorMessage(error) }, 'cannot deliver messages now');
          })
          .finally(() => {
            running.delete(id);
            parts.onEnded();
          });
        running.set(id, work);
      }
    },
    async ended() {
      await Promise.all(running.values());
    },
  };
}
