// Health check for containers: exit code 0 or 1.
// node dist/services/launcher/healthcheck.js http://HOST:PORT/PATH | grpc://HOST:PORT/SERVICE
import { z } from 'zod';
import { loadConfig } from '#shared/runtime/env';
import { errorMessage } from '#shared/base/errors';
import { createHealthClient } from '#shared/runtime/grpc-health';
import { grpcSettingsFrom, grpcVariables } from '#shared/runtime/grpc-credentials';

const DEADLINE_MS = 4_000;

async function checkHttp(url: URL): Promise<void> {
  const response = await fetch(url, { signal: AbortSignal.timeout(DEADLINE_MS) });
  if (!response.ok) throw new Error(`HTTP status ${response.status}`);
}

async function checkGrpc(url: URL): Promise<void> {
  const security = grpcSettingsFrom(loadConfig(z.object(grpcVariables), process.env));
  const health = createHealthClient(url.host, security);
  try {
    const service = url.pathname.slice(1);
    if (!(await health.isServing(service, DEADLINE_MS))) throw new Error(`${service} is not ready`);
  } finally {
    health.close();
  }
}

try {
  const url = new URL(process.argv[2] ?? '');
  await (url.protocol === 'grpc:' ? checkGrpc(url) : checkHttp(url));
  process.exit(0);
} catch (error) {
  console.error(errorMessage(error));
  process.exit(1);
}
