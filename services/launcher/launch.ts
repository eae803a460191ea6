import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadConfig } from '#shared/runtime/env';
import { errorMessage } from '#shared/base/errors';
import { VERSION } from '#shared/runtime/version';
import { createApi } from './api.ts';
import { configSchema, type Config } from './config.ts';
import { prepareRotor } from './first-run.ts';
import { showProgress } from './progress.ts';
import { createRepeatFilter } from './log-summary.ts';
import { startStack, type Stack } from './stack.ts';
import type { Terminal } from './terminal.ts';

// A problem that every retry reports is printed once in 30 s.
const QUIET_MS = 30_000;

/**
 * Runs Sky Scan until the signal fires; resolves with the exit code once every process has ended.
 */
export async function launch(
  env: NodeJS.ProcessEnv,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<number> {
  let stack: Stack | undefined;
  try {
    const config = loadConfig(configSchema, env);
    terminal.line(`Starting Sky Scan ${VERSION} ...`);
    stack = await startStack(stackOptions(config, env, terminal, signal));
    printAddresses(stack, config, terminal);
    await firstRun(stack, config, terminal, signal);
    await untilAborted(signal);
    return 0;
  } catch (error) {
    if (signal.aborted) return 0;
    terminal.endProgress(`sky-scan: ${errorMessage(error)}`);
    return 1;
  } finally {
    if (stack) terminal.endProgress('Stopping ...');
    await stack?.stop();
  }
}

function stackOptions(config: Config, env: NodeJS.ProcessEnv, terminal: Terminal, signal: AbortSignal) {
  const isNew = createRepeatFilter(QUIET_MS, () => performance.now());
  return {
    dataDir: resolve(config.DATA_DIR),
    servicesFolder: fileURLToPath(new URL('..', import.meta.url)),
    httpHost: config.HTTP_HOST,
    httpPort: config.HTTP_PORT,
    mqttPort: config.MQTT_PORT,
    simRotctldPort: config.SIM_ROTCTLD_PORT,
    databaseUrl: config.DATABASE_URL,
    mqttUrl: config.MQTT_URL,
    rotctld: config.ROTCTLD,
    rtlTcp: config.RTL_TCP,
    receivers: config.RECEIVERS,
    env: { ...env, ...simulatorSpeeds(config) },
    signal,
    onNotice(name: string, { level, text }: { level: string; text: string }) {
      if (isNew(`${name} ${text}`)) terminal.line(`${level}: ${name}: ${text}`);
    },
  };
}

function simulatorSpeeds(config: Config): NodeJS.ProcessEnv {
  const speeds = Object.entries(config).filter(([name]) => /^SIM_.*_(SPEED|ACCELERATION)_/.test(name));
  return Object.fromEntries(speeds.map(([name, value]) => [name, String(value)]));
}

function printAddresses(stack: Stack, config: Config, terminal: Terminal): void {
  for (const url of stack.httpUrls) terminal.line(`  dashboard      ${url}/`);
  terminal.line(`  API            ${stack.httpUrl}/api/`);
  terminal.line(`  documentation  ${stack.httpUrl}/docs`);
  terminal.line(`  MQTT           ${stack.addresses.mqttUrl.replace(/\/\/[^@/]*@/, '//')}`);
  terminal.line(`  data and logs  ${resolve(config.DATA_DIR)}`);
  terminal.line('  Press Ctrl-C to stop.');
}

/** A problem here is reported; Sky Scan runs without a first scan. */
async function firstRun(
  stack: Stack,
  config: Config,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<void> {
  const api = createApi(stack.httpUrl, config.API_KEYS?.split(',')[0]?.trim(), signal);
  try {
    const { registered, session } = await prepareRotor(api, stack, config, signal);
    if (registered)
      terminal.line(
        `Registered ${registered} as rotor 1. Set its speeds with PUT /api/rotors/1, then start a scan.`,
      );
    if (session) await showProgress(api, session, terminal, signal);
  } catch (error) {
    if (!signal.aborted) terminal.endProgress(`warning: ${errorMessage(error)}`);
  }
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((done) => {
    if (signal.aborted) done();
    signal.addEventListener('abort', () => done(), { once: true });
  });
}
