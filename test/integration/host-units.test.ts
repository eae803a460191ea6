import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const HOST = fileURLToPath(new URL('../../deploy/host', import.meta.url));
const units = readdirSync(HOST).filter((name) => name.endsWith('.service'));

// Hardening options that `systemd-analyze security` rates.
const REQUIRED = [
  'CapabilityBoundingSet=',
  'LockPersonality=yes',
  'NoNewPrivileges=yes',
  'ProtectClock=yes',
  'ProtectControlGroups=yes',
  'ProtectHome=yes',
  'ProtectHostname=yes',
  'ProtectKernelLogs=yes',
  'ProtectKernelModules=yes',
  'ProtectKernelTunables=yes',
  'ProtectSystem=strict',
  'RestrictNamespaces=yes',
  'RestrictRealtime=yes',
  'RestrictSUIDSGID=yes',
  'SystemCallArchitectures=native',
  'SystemCallFilter=@system-service',
  'UMask=0077',
];

test.each(units)('%s has all hardening options', (name) => {
  const lines = readFileSync(join(HOST, name), 'utf8').split('\n');
  expect(REQUIRED.filter((line) => !lines.includes(line))).toEqual([]);
  expect(lines).toEqual(expect.arrayContaining([expect.stringMatching(/^RestrictAddressFamilies=/)]));
  expect(lines).toEqual(expect.arrayContaining([expect.stringMatching(/^(User=sky-scan|DynamicUser=yes)$/)]));
  expect(lines.some((line) => line === 'PrivateDevices=yes' || line === 'DevicePolicy=closed')).toBe(true);
});
