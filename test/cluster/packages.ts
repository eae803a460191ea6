import { existsSync } from 'node:fs';
import { errorMessage } from '#shared/base/errors';
import { findProgram } from '../support/peers.ts';
import { createNetwork } from './network.ts';

/** Debian packages, and the program that each brings. */
const PACKAGES = {
  iproute2: 'ip',
  openssl: 'openssl',
  'nats-server': 'nats-server',
  haproxy: 'haproxy',
  pgbouncer: 'pgbouncer',
  'postgresql-15': '/usr/lib/postgresql/15/bin/postgres',
  'pg-auto-failover-cli': 'pg_autoctl',
  'postgresql-15-auto-failover': '/usr/share/postgresql/15/extension/pgautofailover.control',
};

/** Why the cluster cannot run here; undefined if it can. */
export function clusterUnavailableReason(): string | undefined {
  return missingPackages() ?? whyNoNetwork();
}

/** Undefined if all are installed. */
export function missingPackages(): string | undefined {
  const missing = Object.entries(PACKAGES)
    .filter(([, program]) => !(program.startsWith('/') ? existsSync(program) : findProgram(program)))
    .map(([name]) => name);
  return missing.length > 0 ? `Debian packages are not installed: ${missing.join(' ')}` : undefined;
}

/** Why this process cannot create a network; undefined if it can. */
export function whyNoNetwork(): string | undefined {
  try {
    const network = createNetwork();
    try {
      network.addMachine('probe');
    } finally {
      network.close();
    }
    return undefined;
  } catch (error) {
    const [problem = ''] = errorMessage(error).split('\n');
    return `no network namespace can be created here (it takes root): ${problem}`;
  }
}
