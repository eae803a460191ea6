import {
  createRepeatedWork,
  type RepeatedWork,
  type RepeatedWorkOptions,
} from '#shared/runtime/repeated-work';
import { nextDeliveryInMs } from '../store/alerts/deliveries.ts';
import { createDeliveries, type DeliveryParts } from './deliver.ts';
import { evaluateComparisons } from './evaluate-comparisons.ts';
import { evaluateSessions } from './evaluate-sessions.ts';
import { evaluateSchedules } from './evaluate-schedules.ts';
import { publishAlerts, publishAlertsAgain, type AlertPublisher } from './publish-alerts.ts';

/** For notifications that are lost. */
const POLL_MS = 30_000;
/** After a failure, and while another gateway is at it. */
const RETRY_MS = 1_000;

export type AlertParts = Omit<DeliveryParts, 'onEnded'> & AlertPublisher;

/** The alerts of a gateway: rules, messages, MQTT. */
export interface Alerts {
  /** Looks for work now; `name`: only for the work that a notification names. */
  wake: (name?: string) => void;
  /** Begins the work; the database must be migrated. */
  start(): void;
  close(): Promise<void>;
}

/**
 * Any number of gateways may do this work: everything is in the database, whose triggers notify
 * them of it (ALERT_WORK).
 */
export function createAlerts(parts: AlertParts): Alerts {
  const { db, mqtt, nowMs, logger } = parts;
  const common = { intervalMs: POLL_MS, retryMs: RETRY_MS, logger };
  const deliveries = createDeliveries({ ...parts, onEnded: () => works.deliver.wake() });
  let isBrokerNew = false;
  let suspendedInMs: number | undefined;
  const works = {
    evaluate: untilDone({
      ...common,
      failure: 'cannot apply the rules of alerts now',
      work: (signal) => evaluateComparisons(db, nowMs, signal),
    }),
    schedules: untilDone({
      ...common,
      failure: 'cannot apply the rules of alerts to schedules now',
      work: () => evaluateSchedules(db, nowMs),
    }),
    sessions: createRepeatedWork({
      ...common,
      failure: 'cannot tell the channels about sessions now',
      async work() {
        suspendedInMs = await evaluateSessions(db);
      },
      dueInMs: () => Promise.resolve(suspendedInMs),
    }),
    deliver: createRepeatedWork({
      ...common,
      failure: 'cannot deliver messages about alerts now',
      work: (signal) => deliveries.begin(signal),
      async dueInMs() {
        const ms = await nextDeliveryInMs(db);
        return ms === undefined ? undefined : Math.max(RETRY_MS, ms);
      },
    }),
    publish: createRepeatedWork({
      ...common,
      failure: 'cannot publish alerts now',
      async work(signal) {
        if (isBrokerNew) {
          await publishAlertsAgain(parts);
          isBrokerNew = false;
        }
        await publishAlerts(parts, signal);
      },
    }),
  };
  mqtt.client.on('connect', () => {
    isBrokerNew = true;
    works.publish.wake();
  });
  return {
    wake(name) {
      for (const [own, work] of Object.entries(works)) if (name === undefined || name === own) work.wake();
    },
    start() {
      for (const work of Object.values(works)) work.start();
    },
    async close() {
      await Promise.all(Object.values(works).map((work) => work.close()));
      await deliveries.ended();
    },
  };
}

/** Work that returns whether it is done; otherwise it is repeated soon. */
function untilDone({
  work,
  ...options
}: Omit<RepeatedWorkOptions, 'work'> & { work: (signal: AbortSignal) => Promise<boolean> }): RepeatedWork {
  let isDone = false;
  return createRepeatedWork({
    ...options,
    async work(signal) {
      isDone = await work(signal);
    },
    dueInMs: () => Promise.resolve(isDone ? undefined : RETRY_MS),
  });
}
