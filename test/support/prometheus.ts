import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '#shared/runtime/free-port';
import { findProgram } from './peers.ts';
import { until } from './until.ts';

export const PROMETHEUS_FOLDER = fileURLToPath(new URL('../../deploy/prometheus', import.meta.url));

/** A real Prometheus with the shipped configuration and rules. */
export interface TestPrometheus {
  /** The values of an instant query. */
  query(expression: string): Promise<number[]>;
  /** The evaluation errors of its rules. */
  ruleErrors(): Promise<string[]>;
  stop(): Promise<void>;
}

/** `ports`: where each job of the shipped configuration is; it scrapes every second. */
export async function startPrometheus(ports: Record<string, number>): Promise<TestPrometheus> {
  const folder = mkdtempSync(join(tmpdir(), 'sky-scan-prometheus-'));
  let text = readFileSync(join(PROMETHEUS_FOLDER, 'prometheus.yml'), 'utf8').replaceAll('15s', '1s');
  for (const [job, port] of Object.entries(ports)) {
    const replaced = text.replace(
      new RegExp(`(job_name: ${job}\\n(?:.*\\n)*?.*127\\.0\\.0\\.1:)\\d+`),
      `$1${port}`,
    );
    if (replaced === text) throw new Error(`deploy/prometheus/prometheus.yml has no job ${job}`);
    text = replaced;
  }
  writeFileSync(join(folder, 'prometheus.yml'), text);
  copyFileSync(join(PROMETHEUS_FOLDER, 'rules.yml'), join(folder, 'rules.yml'));
  const port = await freePort();
  const child = spawn(
    findProgram('prometheus') ?? 'prometheus',
    [
      `--config.file=${join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    { stdio: 'ignore' },
  );
  const url = `http://127.0.0.1:${port}`;
  await until('Prometheus is ready', () =>
    fetch(`${url}/-/ready`).then(
      ({ ok }) => ok,
      () => false,
    ),
  );
  return {
    async query(expression) {
      const response = await fetch(`${url}/api/v1/query`, {
        method: 'POST',
        body: new URLSearchParams({ query: expression }),
      });
      const answer = (await response.json()) as {
        error?: string;
        data?: { result: { value: [number, string] }[] };
      };
      if (!answer.data) throw new Error(`${expression}: ${answer.error}`);
      return answer.data.result.map(({ value }) => Number(value[1]));
    },
    async ruleErrors() {
      const answer = (await (await fetch(`${url}/api/v1/rules`)).json()) as {
        data: { groups: { rules: { name: string; health: string; lastError?: string }[] }[] };
      };
      return answer.data.groups
        .flatMap(({ rules }) => rules)
        .filter(({ health }) => health === 'err')
        .map(({ name, lastError }) => `${name}: ${lastError}`);
    },
    async stop() {
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
