import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { errorKind } from '#shared/base/errors';
import { createRegistry } from '#shared/runtime/metrics';

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
  /** A map was drawn; `error`: why not. */
  drawn: (seconds: number, error: unknown) => void;
}

export function createMetrics(): Metrics {
  const registry = createRegistry();
  const registers = [registry];
  return {
    registry,
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
      help: 'Response time, seconds',
      labelNames: ['method', 'status'],
      registers,
    }),
    drawn: observeDrawing(
      new Histogram({
        name: 'skyscan_drawing_seconds',
        help: 'Duration of maps, films and patterns with the wait for those before, seconds, by result: done, cancelled or failed',
        labelNames: ['result'],
        buckets: [0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30],
        registers,
      }),
    ),
  };
}

function observeDrawing(drawings: Histogram<'result'>): Metrics['drawn'] {
  return (seconds, error) => {
    const kind = error === undefined ? 'done' : errorKind(error);
    drawings.observe({ result: kind === 'done' || kind === 'cancelled' ? kind : 'failed' }, seconds);
  };
}
