import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freePort } from '#shared/runtime/free-port';
import { describeWithPrograms, findProgram } from '../support/peers.ts';
import { createMigratedDatabase, type TestDatabase } from '../support/postgres.ts';
import { PROMETHEUS_FOLDER, startPrometheus, type TestPrometheus } from '../support/prometheus.ts';
import { callApi, fastRotor, untilStatus, type PublishedSession } from '../support/stack-client.ts';
import { startTestStack, type TestStack } from '../support/stack.ts';
import { until } from '../support/until.ts';

const GRAFANA_FOLDER = fileURLToPath(new URL('../../deploy/grafana', import.meta.url));
const PORT_VARIABLES = {
  'scan-orchestrator': 'ORCHESTRATOR_METRICS_PORT',
  'rotor-driver': 'ROTOR_DRIVER_METRICS_PORT',
  'sdr-sampler': 'SDR_SAMPLER_METRICS_PORT',
  'sky-analyst': 'SKY_ANALYST_METRICS_PORT',
};

interface Dashboard {
  templating: { list: { type: string; query: string }[] };
  panels: { title: string; targets?: { expr?: string; rawSql?: string }[] }[];
}

/** All queries of the dashboards, with the title of their panel. */
function queriesOf(kind: 'expr' | 'rawSql'): [title: string, query: string][] {
  return readdirSync(GRAFANA_FOLDER).flatMap((name) => {
    const dashboard = JSON.parse(readFileSync(join(GRAFANA_FOLDER, name), 'utf8')) as Dashboard;
    return dashboard.panels.flatMap(({ title, targets = [] }) =>
      targets.flatMap((target): [string, string][] => {
        const query = target[kind];
        return query === undefined ? [] : [[title, query]];
      }),
    );
  });
}

describeWithPrograms(['promtool'], 'the rules of deploy/prometheus', () => {
  const promtool = (...args: string[]) =>
    promisify(execFile)(findProgram('promtool') ?? 'promtool', args, { cwd: PROMETHEUS_FOLDER });

  test('are valid, and so is the configuration', async () => {
    expect((await promtool('check', 'config', 'prometheus.yml')).stdout).toContain('SUCCESS');
    expect((await promtool('check', 'rules', 'rules.yml')).stdout).toContain('SUCCESS');
  });

  test('raise the alerts that rules.test.yml expects', async () => {
    expect((await promtool('test', 'rules', 'rules.test.yml')).stdout).toContain('SUCCESS');
  });
});

describeWithPrograms(['prometheus'], 'a running stack', () => {
  let database: TestDatabase;
  let stack: TestStack;
  let prometheus: TestPrometheus;
  let client: Client;
  let ports: Record<string, number>;
  let done: PublishedSession;
  const start = (body: object) =>
    callApi<PublishedSession>(stack, 'POST', '/api/skyscan/start', {
      rotor_id: 1,
      rssi_iterations: 2,
      ...body,
    });

  beforeAll(async () => {
    database = await createMigratedDatabase();
    const given = Object.keys(PORT_VARIABLES).map(async (job) => [job, await freePort()] as const);
    ports = Object.fromEntries(await Promise.all(given));
    const env = Object.entries(PORT_VARIABLES).map(([job, variable]) => [variable, String(ports[job])]);
    stack = await startTestStack({
      databaseUrl: database.url,
      env: { ...(Object.fromEntries(env) as Record<string, string>), SEARCH_SESSIONS: 'automatic' },
    });
    prometheus = await startPrometheus({ ...ports, 'api-gateway': Number(new URL(stack.httpUrl).port) });
    await callApi(stack, 'POST', '/api/rotors', fastRotor(stack));
    done = await start({ az_start: 0, az_end: 40, el_start: 20, el_end: 40, step_deg: 10 });
    await untilStatus(stack, done.id, 'completed');
    await start({ az_start: 0, az_end: 350, el_start: 10, el_end: 80, step_deg: 5 });
    client = new Client({ connectionString: database.url });
    await client.connect();
  });

  afterAll(async () => {
    await (client as Client | undefined)?.end();
    await (prometheus as TestPrometheus | undefined)?.stop();
    await stack.stop();
    await database.drop();
  });

  test('has data for every PromQL query of the dashboards', async () => {
    const queries = queriesOf('expr');
    expect(queries.length).toBeGreaterThan(40);
    const missing = new Map(queries.map(([title, query]) => [`${title}: ${query}`, query]));
    await until(
      'all queries have data',
      async () => {
        // A map is drawn all the time.
        await fetch(`${stack.httpUrl}/api/skyscan/${done.id}/map.png?size=256`);
        for (const [name, query] of missing) {
          const values = await prometheus.query(query.replaceAll('$__rate_interval', '10s'));
          if (values.some(Number.isFinite)) missing.delete(name);
        }
        return missing.size === 0;
      },
      60_000,
    ).catch(() => undefined);
    expect([...missing.keys()]).toEqual([]);
    expect(await prometheus.ruleErrors()).toEqual([]);
  });

  test('answers the questions with the right values', async () => {
    const value = async (query: string) => (await prometheus.query(query))[0];
    expect(await value('count(up == 1)')).toBe(5);
    expect(await value('min(skyscan_dependency_up)')).toBe(1);
    expect(await value('max(skyscan_sessions{status="running"})')).toBe(1);
    expect(await value('max(skyscan_sessions{status="completed"})')).toBe(1);
    expect(await value('skyscan:last_point_age_seconds{rotor="1"}')).toBeLessThan(30);
    expect(await value('skyscan_fault_seconds{rotor="1"}')).toBe(0);
    await start({ az_start: 0, az_end: 10, el_start: 20, el_end: 20, step_deg: 10 });
    await until('one session waits', async () => (await value('skyscan_queued_sessions{rotor="1"}')) === 1);
  });

  test('has data for every SQL query of the dashboards, with the rights on the views alone', async () => {
    const empty: string[] = [];
    // Rolled back. Only a baseline, and a sky with sources, would add alerts and sources.
    await client.query('begin');
    await client.query(`insert into alert_rules (request) values ('{}')`);
    await client.query(
      `insert into alerts (rule_id, kind, title, raised_at, last_seen_at) select id, 'new', 'a title', now(), now() from alert_rules`,
    );
    await client.query(
      `insert into catalogue (site_id, azimuth_deg, elevation_deg, covariance, channels, is_narrow, first_seen, last_seen)
       values (1, 10, 20, '{1,0,1}', '[]', false, now(), now())`,
    );
    const role = `reader_${process.pid}`;
    await client.query(`create role ${role}`);
    const views = await client.query<{ viewname: string }>(
      `select viewname from pg_views where schemaname = 'public' and viewname like 'public\\_%'`,
    );
    for (const { viewname } of views.rows) await client.query(`grant select on ${viewname} to ${role}`);
    await client.query(`set local role ${role}`);
    await client.query('savepoint reader');
    await expect(client.query('select * from points')).rejects.toThrow('permission denied');
    await client.query('rollback to reader');
    for (const [title, query] of queriesOf('rawSql')) {
      const sql = query
        .replaceAll(/\$__timeFilter\(([\w.]+)\)/g, `$1 between now() - interval '7 days' and now()`)
        .replaceAll('${session}', String(done.id));
      const { rows } = await client.query<Record<string, unknown>>(sql);
      if (rows.length === 0) empty.push(title);
    }
    await client.query('rollback');
    expect(empty).toEqual([]);
  });

  test('has every metric that dashboards and rules name, with its unit in the help', async () => {
    const urls = [
      `${stack.httpUrl}/metrics`,
      ...Object.values(ports).map((port) => `http://127.0.0.1:${port}/metrics`),
    ];
    const texts = await Promise.all(urls.map(async (url) => (await fetch(url)).text()));
    const helps = texts.flatMap((text) => [...text.matchAll(/^# HELP (skyscan_\w+) (.*)$/gm)]);
    const known = new Set(helps.map(([, name]) => name));
    const rules = readFileSync(join(PROMETHEUS_FOLDER, 'rules.yml'), 'utf8');
    const queries = [...queriesOf('expr').map(([, query]) => query), rules].join('\n');
    const named = new Set([...queries.matchAll(/skyscan_\w+/g)].map(([name]) => name));
    expect(named.size).toBeGreaterThan(30);
    const isKnown = (name: string) => known.has(name) || known.has(name.replace(/_(bucket|sum|count)$/, ''));
    expect([...named].filter((name) => !isKnown(name))).toEqual([]);
    const units = [
      ['_seconds', /seconds/],
      ['_bytes', /bytes/],
      ['_degrees', /degrees/],
      ['_ratio', /0 to 1/],
    ] as const;
    const without = helps.filter(([, name = '', help = '']) =>
      units.some(([suffix, unit]) => name.endsWith(suffix) && !unit.test(help)),
    );
    expect(without.map(([line]) => line)).toEqual([]);
  });
});

describe('the views for other readers', () => {
  // A column that is removed or renamed breaks the dashboards of users.
  test('keep their columns', async () => {
    const database = await createMigratedDatabase();
    const client = new Client({ connectionString: database.url });
    await client.connect();
    const { rows } = await client.query<{ view: string; columns: string }>(
      `select table_name as view, string_agg(column_name || ' ' || udt_name, ', ' order by ordinal_position) as columns
       from information_schema.columns where table_name like 'public\\_%' group by 1 order by 1`,
    );
    await client.end();
    await database.drop();
    expect(Object.fromEntries(rows.map(({ view, columns }) => [view, columns]))).toMatchInlineSnapshot(`
      {
        "public_alerts": "alert_id int4, kind text, status text, title text, reason text, azimuth_deg float8, elevation_deg float8, session_id int4, raised_at timestamptz, last_seen_at timestamptz, cleared_at timestamptz",
        "public_points": "session_id int4, seq int4, measured_at timestamptz, setpoint_azimuth_deg float8, setpoint_elevation_deg float8, azimuth_deg float8, elevation_deg float8, mean_db float8, median_db float8, std_db float8, min_db float8, max_db float8, reads int4, integration_ms float8, flags _text",
        "public_rotors": "rotor_id int4, rotor text, site_id int4, site text, created_at timestamptz",
        "public_sessions": "session_id int4, site_id int4, site text, rotor_id int4, rotor text, status text, created_at timestamptz, started_at timestamptz, finished_at timestamptz, elapsed_s float8, completed_points int4, total_points int4, az_start_deg float8, az_end_deg float8, el_start_deg float8, el_end_deg float8, step_deg float8, center_frequency_hz float8, notes text",
        "public_sites": "site_id int4, site text, latitude_deg float8, longitude_deg float8, height_m float8",
        "public_sources": "source_id int4, site_id int4, name text, azimuth_deg float8, elevation_deg float8, is_known bool, first_seen timestamptz, last_seen timestamptz",
      }
    `);
  });
});
