import { createRepeatedWork } from '#shared/runtime/repeated-work';
import { createDeliveries, type DeliveryParts } from './deliver.ts';
import { evaluateComparisons } from './evaluate-comparisons.ts';
import { evaluateSchedules } from './evaluate-schedules.ts';
import { publishAlerts, publishAlertsAgain, type AlertPublisher } from './publish-alerts.ts';

const EVALUATE_MS = 1_000;
const SCHEDULES_MS = 10_000;
const SEND_MS = 1_000;

export type AlertParts = DeliveryParts & AlertPublisher;

/** The alerts of a gateway: rules, messages, MQTT. */
export interface Alerts {
  /** Looks for messages to send now. */
  wake: () => void;
  /** Begins the work; the database must be migrated. */
  start(): void;
  close(): Promise<void>;
}

/** Any number of gateways may do this work: everything is in the database. */
export function createAlerts(parts: AlertParts): Alerts {
  const { db, mqtt, nowMs, logger } = parts;
  const deliveries = createDeliveries(parts);
  let isBrokerNew = false;
  const evaluate = createRepeatedWork({
    intervalMs: EVALUATE_MS,
    logger,
    failure: 'cannot apply the rules of alerts now',
    work: (signal) => evaluateComparisons(db, nowMs, signal),
  });
  const watchSchedules = createRepeatedWork({
    intervalMs: SCHEDULES_MS,
    logger,
    failure: 'cannot apply the rules of alerts to schedules now',
    work: () => evaluateSchedules(db, nowMs),
  });
  const deliver = createRepeatedWork({
    intervalMs: SEND_MS,
    logger,
    failure: 'cannot deliver messages about alerts now',
    work: (signal) => deliveries.begin(signal),
  });
  const publish = createRepeatedWork({
    intervalMs: SEND_MS,
    logger,
    failure: 'cannot publish alerts now',
    async work(signal) {
      if (isBrokerNew) {
        await publishAlertsAgain(parts);
        isBrokerNew = false;
      }
      await publishAlerts(parts, signal);
    },
  });
  mqtt.client.on('connect', () => {
    isBrokerNew = true;
    publish.wake();
  });
  const works = [evaluate, watchSchedules, deliver, publish];
  return {
    wake() {
      deliver.wake();
      publish.wake();
    },
    start() {
      for (const work of works) work.start();
    },
    async close() {
      await Promise.all(works.map((work) => work.close()));
      await deliveries.ended();
    },
  };
}
