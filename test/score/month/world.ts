import mqtt from 'mqtt';
import { Client } from 'pg';
import { startAedes } from '../../support/gateway-broker.ts';
import { runGateway, type Gateway } from '../../support/gateway-harness.ts';
import { startFakeOrchestrator, type FakeMeasurements } from '../../support/gateway-orchestrator.ts';
import { startFakeRotorDriver } from '../../support/gateway-rotor-driver.ts';
import { startServiceProcess } from '../../support/service-process.ts';
import { until } from '../../support/until.ts';
import type { SetClock } from './set-clock.ts';

/** A gateway with sky-analyst, database and broker; only hardware and time are not real. */
export interface MonthWorld {
  gateway: Gateway;
  /** Sends a request that must succeed; returns the answer. */
  ask: <T>(path: string, body?: object, method?: string) => Promise<T>;
  /**
   * Sets the time to that of a run, measures its session, and returns the id when it is stored.
   */
  scan: (dueMs: number) => Promise<number>;
  /** Whether the rules of the alerts have seen a comparison of the session. */
  isEvaluated: (sessionId: number) => Promise<boolean>;
  close(): Promise<void>;
}

export async function startMonthWorld(
  databaseUrl: string,
  time: SetClock,
  measurements: FakeMeasurements,
): Promise<MonthWorld> {
  const [broker, orchestrator, driver, analyst] = await Promise.all([
    startAedes(),
    startFakeOrchestrator(undefined, measurements),
    startFakeRotorDriver(),
    startServiceProcess('sky-analyst', { SKY_ANALYST_PORT: '0' }),
  ]);
  if (!analyst.facts) throw new Error(`sky-analyst has not started: ${analyst.output()}`);
  const gateway = await runGateway(
    {
      HTTP_PORT: '0',
      DATABASE_URL: databaseUrl,
      MQTT_URL: broker.url,
      ORCHESTRATOR_ADDRESS: orchestrator.address,
      ROTOR_DRIVER_ADDRESS: driver.address,
      SKY_ANALYST_ADDRESS: `127.0.0.1:${analyst.facts.port}`,
    },
    time,
  );
  await until('the database is prepared', async () => (await gateway.get('/api/sites')).status === 200);
  const database = new Client({ connectionString: databaseUrl });
  await database.connect();
  const client = await mqtt.connectAsync(broker.url, { protocolVersion: 4 });
  async function ask<T>(path: string, body?: object, method = body ? 'POST' : 'GET'): Promise<T> {
    const answer = await gateway.request(path, { method, ...(body && { body }) });
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`);
    return answer.body as T;
  }
  return {
    gateway,
    ask,
    async scan(dueMs) {
      const before = orchestrator.started.length;
      time.set(dueMs);
      const id = await until('a scheduled scan is started', () => orchestrator.started[before]);
      const { total_points } = await ask<{ total_points: number }>(`/api/skyscan/${id}`);
      for (let point = 0; point < total_points; point++) orchestrator.measure(id);
      time.set(measurements.endsAtMs(dueMs, total_points));
      const topic = `skyscan/sessions/${id}/status`;
      for (const status of ['running', 'completed'] as const)
        await client.publishAsync(topic, JSON.stringify(orchestrator.setStatus(id, status)), { qos: 1 });
      await until(`session ${id} is stored`, async () => {
        const { status } = await ask<{ status: string }>(`/api/skyscan/${id}`);
        return status === 'completed';
      });
      // As after every session, but now instead of up to 10 s later.
      await ask(`/api/skyscan/${id}/sources`, {});
      return id;
    },
    async isEvaluated(sessionId) {
      const sql = `select from comparisons where session_id = $1 and evaluated_at is not null`;
      return ((await database.query(sql, [sessionId])).rowCount ?? 0) > 0;
    },
    async close() {
      await Promise.all([client.endAsync(true), database.end()]);
      await gateway.close();
      analyst.kill('SIGTERM');
      await Promise.all([orchestrator.close(), driver.close(), broker.close(), analyst.exited]);
    },
  };
}
