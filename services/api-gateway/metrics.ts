import { Counter, Gauge, Histogram, Registry } from 'prom-client';

/** Prometheus metrics, at `/metrics`. */
export interface Metrics {
  registry: Registry;
  pointsStored: Counter;
  /** Stored points that the journal contradicted. */
  pointsCorrected: Counter;
  /** MQTT messages whose content was already stored. */
  messagesKnown: Counter;
  /** Invalid MQTT messages by reason. */
  messagesDropped: Counter<'reason'>;
  viewers: Gauge;
  viewersTooSlow: Counter;
  requests: Histogram<'method' | 'status'>;
}

export function createMetrics(): Metrics {
  const registers = [new Registry()];
  return {
    registry: registers[0] as Registry,
    pointsStored: new Counter({
      name: 'skyscan_points_stored_total',
      help: 'Measured points stored',
      registers,
    }),
    pointsCorrected: new Counter({
      name: 'skyscan_points_corrected_total',
      help: 'Stored points that the journal of the orchestrator contradicted',
      registers,
    }),
    messagesKnown: new Counter({
      name: 'skyscan_mqtt_messages_known_total',
      help: 'MQTT messages whose content was already stored',
      registers,
    }),
    messagesDropped: new Counter({
      name: 'skyscan_mqtt_messages_dropped_total',
      help: 'MQTT messages that are invalid or belong to no session',
      labelNames: ['reason'],
      registers,
    }),
    viewers: new Gauge({ name: 'skyscan_viewers', help: 'WebSocket connections', registers }),
    viewersTooSlow: new Counter({
      name: 'skyscan_viewers_too_slow_total',
      help: 'WebSocket connections closed because they did not read',
      registers,
    }),
    requests: new Histogram({
      name: 'skyscan_http_request_seconds',
      help: 'Response time',
      labelNames: ['method', 'status'],
      registers,
    }),
  };
}
