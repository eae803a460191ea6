import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { spawnLauncher, untilStarted, type LaunchedProcess } from '../support/launcher.ts';
import { describeWithPrograms, findProgram } from '../support/peers.ts';
import { commandsOf, type TypedCommand } from '../support/typed-commands.ts';
import { until } from '../support/until.ts';

// Runs the commands of the documents from top to bottom on one installation with an empty data
// folder. Only ports are changed; curl fails when the API refuses, and mosquitto_sub exits after
// the first message.

const CLI = fileURLToPath(new URL('../../dist/services/cli/main.js', import.meta.url));
const COMMAND_TIMEOUT_MS = 90_000;

/** Commands that cannot run here, and why. */
const SKIPPED_COMMANDS: Record<string, [RegExp, string][]> = {
  'README.md': [
    [/^npm (start|test)/, 'already running; runs this test'],
    [/npm start$/, 'needs an address of the network, or hardware'],
    [/^(rotctld|rtl_tcp) /, 'needs hardware'],
  ],
  'docs/api.md': [
    [/^npx skyscan rotors characterise/, 'takes minutes; characterise.test.ts does it'],
    [/^sleep /, 'every command is repeated until it succeeds'],
    [/calibrate-pointing/, 'needs the Sun above the horizon; pointing.test.ts does it'],
  ],
  'docs/cli.md': [
    [/^skyscan point-calibrate/, 'takes hours; pointing.test.ts does it'],
    [/^skyscan (bearings|satellites|emitters) /, 'needs a file; their tests have one'],
    [/^skyscan sources /, 'needs a scan with enough points; sources.test.ts has one'],
    [/^skyscan pattern /, 'needs a scan over a source; cli-pattern.test.ts has one'],
    [/^skyscan anomalies /, 'needs a baseline; cli-baselines.test.ts has one'],
  ],
  'docs/mqtt.md': [[/^docker /, 'needs Docker']],
  'docs/hardware.md': [
    [/^(sudo|rotctl|rotctld|rtl_test|rtl_tcp|journalctl|cd|git|npm)\b/, 'needs hardware, or root'],
    [/^(RECEIVERS|LONG_RUN_S|SIM_AZ_SPEED_DEG_S)=/, 'starts something else'],
    [/^npx skyscan rotors characterise/, 'takes minutes; characterise.test.ts does it'],
  ],
  'docs/deploy.md': [
    [/^(docker|KEY=\$\(docker|echo)\b/, 'needs Docker'],
    [/^mkdir -p data\/secrets/, 'needs a file that Docker makes'],
    [/^(mkdir secrets|kubectl)\b/, 'needs Docker and Kubernetes'],
  ],
};

describeWithPrograms(['curl', 'mosquitto_sub', 'bash'], 'the commands of the documents', () => {
  let folder: string;
  let launched: LaunchedProcess;
  let env: NodeJS.ProcessEnv;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'sky-scan-typed-'));
    mkdirSync(join(folder, 'home'));
    mkdirSync(join(folder, 'bin'));
    launched = await spawnLauncher(join(folder, 'data'));
    await untilStarted(launched);
    await until(
      'the first scan',
      async () => (await launched.get<object[]>('/api/skyscan/sessions')).length > 0,
    );
    const mqttPort = /MQTT\s+mqtt:\/\/127\.0\.0\.1:(\d+)/.exec(launched.output())?.[1] ?? '';
    program('curl', `exec ${findProgram('curl')} --fail-with-body "$@"`);
    program('mosquitto_sub', `exec ${findProgram('mosquitto_sub')} -p ${mqttPort} -C 1 -W 30 "$@"`);
    program('skyscan', `exec ${process.execPath} ${CLI} "$@"`);
    program('npx', 'exec "$@"');
    env = {
      PATH: `${join(folder, 'bin')}:${process.env['PATH'] ?? ''}`,
      HOME: join(folder, 'home'),
      SKYSCAN_URL: launched.httpUrl,
    };
  }, 120_000);

  afterAll(async () => {
    launched.kill('SIGTERM');
    await launched.exited;
    rmSync(folder, { recursive: true, force: true });
  });

  function program(name: string, script: string): void {
    writeFileSync(join(folder, 'bin', name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(folder, 'bin', name), 0o755);
  }

  test.each(Object.keys(SKIPPED_COMMANDS))(
    'of %s succeed',
    async (path) => {
      const rules = SKIPPED_COMMANDS[path] ?? [];
      const commands = commandsOf(path);
      const skipped = (command: TypedCommand) => rules.find(([pattern]) => pattern.test(command.text));
      // A rule that skips no command is obsolete.
      for (const rule of rules)
        expect(
          commands.some((command) => skipped(command) === rule),
          String(rule),
        ).toBe(true);
      const typed = commands.filter((command) => !skipped(command));
      expect(typed.length).toBeGreaterThan(0);
      if (path === 'docs/mqtt.md') await startScan();
      if (path === 'docs/deploy.md') await clearSky();
      for (const command of typed) await type(path, command);
      // docs/api.md uses the scan of the README.
      if (path !== 'README.md') await cancelAll();
    },
    280_000,
  );

  /** Starts a scan with points to subscribe to. */
  async function startScan(): Promise<void> {
    const grid = { az_start: 0, az_end: 180, el_start: 30, el_end: 80, step_deg: 2 };
    const answer = await fetch(`${launched.httpUrl}/api/skyscan/start`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ rotor_id: 1, ...grid }),
    });
    expect(answer.status).toBe(201);
  }

  /** Removes the keep-out of docs/hardware.md: docs/deploy.md is for a new installation. */
  async function clearSky(): Promise<void> {
    const answer = await fetch(`${launched.httpUrl}/api/rotors/1`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ horizon: [], keep_out: [] }),
    });
    expect(answer.status).toBe(200);
  }

  async function cancelAll(): Promise<void> {
    const open = async () => {
      const all = await launched.get<{ id: number; status: string }[]>('/api/skyscan/sessions');
      return all.filter(({ status }) => !/^(completed|cancelled)$/.test(status));
    };
    for (const { id } of await open())
      await fetch(`${launched.httpUrl}/api/skyscan/${id}/cancel`, { method: 'POST' });
    await until('no scan is open', async () => (await open()).length === 0);
  }

  async function type(path: string, command: TypedCommand): Promise<void> {
    const where = `${path}:${command.line}: ${command.text}`;
    const text = command.text.replaceAll('http://127.0.0.1:8080', launched.httpUrl);
    let failure = '';
    // A user takes seconds between commands; this test does not.
    const out = await until(
      where,
      async () => {
        const result = await bash(text);
        failure = result.failure;
        return failure === '' ? { text: result.out } : undefined;
      },
      COMMAND_TIMEOUT_MS,
    ).catch((error: unknown) => {
      throw new Error(`${where}\n${failure}`, { cause: error });
    });
    if (command.answer === undefined) return;
    const printed: unknown = JSON.parse(out.text.split('\n', 1)[0] ?? '');
    if (command.exact || !('point' in (command.answer as object)))
      expect(printed, where).toEqual(command.answer);
    else expect(keysOf(printed), where).toEqual(expect.arrayContaining(keysOf(command.answer)));
  }

  function bash(text: string): Promise<{ out: string; failure: string }> {
    return new Promise((resolve) => {
      execFile('bash', ['-c', text], { cwd: folder, env, timeout: COMMAND_TIMEOUT_MS }, (error, out, err) =>
        resolve({ out, failure: error ? `${error.message}\n${out}\n${err}` : '' }),
      );
    });
  }
});

function keysOf(value: unknown): string[] {
  return Object.keys(value as object).sort();
}
