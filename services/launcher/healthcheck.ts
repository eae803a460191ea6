// Whether a process is well, for containers: exit 0 or 1.
// node dist/services/launcher/healthcheck.js http://HOST:PORT/PATH | grpc://HOST:PORT/SERVICE
import { HealthDefinition } from 'nice-grpc-server-health';
import { z } from 'zod';
import { loadConfig } from '#shared/runtime/env';
import { errorMessage } from '#shared/base/errors';
import { createGrpcClient } from '#shared/runtime/grpc-client';
import { grpcSecurityFrom, grpcSecurityVariables } from '#shared/runtime/grpc-credentials';

const DEADLINE_MS = 4_000;
// grpc.health.v1; the package does not export its enum.
const SERVING = 1;

async function checkHttp(url: URL): Promise<void> {
  const response = await fetch(url, { signal: AbortSignal.timeout(DEADLINE_MS) });
  if (!response.ok) throw new Error(`answers ${response.status}`);
}

async function checkGrpc(url: URL): Promise<void> {
  const security = grpcSecurityFrom(loadConfig(z.object(grpcSecurityVariables), process.env));
  const { client, close } = createGrpcClient(HealthDefinition, url.host, security);
  try {
    const service = url.pathname.slice(1);
    const { status } = await client.check({ service }, { deadline: DEADLINE_MS });
    if ((status as number) !== SERVING) throw new Error(`answers ${String(status)}`);
  } finally {
    close();
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
