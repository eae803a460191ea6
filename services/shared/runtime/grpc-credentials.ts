import { readFileSync } from 'node:fs';
import { createHash, timingSafeEqual } from 'node:crypto';
import { isIP } from 'node:net';
import { checkServerIdentity } from 'node:tls';
import { ChannelCredentials, ServerCredentials, type ChannelOptions } from '@grpc/grpc-js';
import { z } from 'zod';
import { splitAddress } from '../base/address.ts';
import { SkyScanError } from '../base/errors.ts';
import { isLoopbackHost } from './loopback.ts';

// `.invalid` is never a real host (RFC 2606).
const NAME_OF_ADDRESS = 'ip-address.invalid';

export const PEER_TIMEOUT_MS = 2_000;

/** Configuration of gRPC between services, the same for servers and clients. */
export const grpcVariables = {
  GRPC_TOKEN: z
    .string()
    .min(16, 'must have at least 16 characters')
    .optional()
    .describe('shared secret of the services, which every call carries; at least 16 characters'),
  GRPC_TLS_CERT: z
    .string()
    .optional()
    .describe('PEM file; needed, with the token, to bind gRPC beyond loopback'),
  GRPC_TLS_KEY: z
    .string()
    .optional()
    .describe('PEM file; needed, with the token, to bind gRPC beyond loopback'),
  GRPC_TLS_CA: z
    .string()
    .optional()
    .describe('PEM file of the authority that signed the certificates of the servers'),
  GRPC_PEER_TIMEOUT_MS: z.coerce
    .number()
    .int()
    .min(1_000)
    .max(60_000)
    .default(PEER_TIMEOUT_MS)
    .describe(
      'a service that answers no ping for this long counts as lost, milliseconds. Longer on a machine that stalls; a manual move whose gateway is lost then stops later',
    ),
};

export interface GrpcSettings {
  token?: string | undefined;
  /** Paths of PEM files. */
  certPath?: string | undefined;
  keyPath?: string | undefined;
  caPath?: string | undefined;
  /** A peer that answers no ping for this long counts as lost, ms; default 2,000. */
  peerTimeoutMs?: number | undefined;
}

export function grpcSettingsFrom(config: {
  GRPC_TOKEN?: string | undefined;
  GRPC_TLS_CERT?: string | undefined;
  GRPC_TLS_KEY?: string | undefined;
  GRPC_TLS_CA?: string | undefined;
  GRPC_PEER_TIMEOUT_MS?: number | undefined;
}): GrpcSettings {
  return {
    token: config.GRPC_TOKEN,
    certPath: config.GRPC_TLS_CERT,
    keyPath: config.GRPC_TLS_KEY,
    caPath: config.GRPC_TLS_CA,
    peerTimeoutMs: config.GRPC_PEER_TIMEOUT_MS,
  };
}

/** Throws for a server that is reachable from other machines without TLS and a token. */
export function requireSecureBind(host: string, security: GrpcSettings): void {
  if (isLoopbackHost(host)) return;
  const missing = [
    !security.token && 'GRPC_TOKEN',
    !security.certPath && 'GRPC_TLS_CERT',
    !security.keyPath && 'GRPC_TLS_KEY',
  ].filter(Boolean);
  if (missing.length > 0)
    throw new SkyScanError(
      'invalid',
      `gRPC on ${host} can be reached from other machines and needs ${missing.join(', ')}; bind 127.0.0.1 or set them`,
    );
}

export function serverCredentials(security: GrpcSettings): ServerCredentials {
  if (!security.certPath || !security.keyPath) return ServerCredentials.createInsecure();
  return ServerCredentials.createSsl(null, [
    { cert_chain: readFileSync(security.certPath), private_key: readFileSync(security.keyPath) },
  ]);
}

/**
 * Security of a channel to `address` (`host:port`); with TLS the certificate must name exactly that
 * host or IP address.
 */
export function channelSecurity(
  security: GrpcSettings,
  address: string,
): { credentials: ChannelCredentials; options: ChannelOptions } {
  if (!security.caPath && !security.certPath)
    return { credentials: ChannelCredentials.createInsecure(), options: {} };
  const authority = security.caPath ? readFileSync(security.caPath) : null;
  const { host } = splitAddress(address);
  if (isIP(host) === 0) return { credentials: ChannelCredentials.createSsl(authority), options: {} };
  // grpc-js sends the host as TLS server name. RFC 6066 does not allow an IP address there, and
  // Node 26 throws. So another name is sent; the certificate is still checked against the address.
  return {
    credentials: ChannelCredentials.createSsl(authority, null, null, {
      checkServerIdentity: (_name, certificate) => checkServerIdentity(host, certificate),
    }),
    options: { 'grpc.ssl_target_name_override': NAME_OF_ADDRESS },
  };
}

/** Compares two secrets in constant time. */
export function sameSecret(a: string, b: string): boolean {
  const digest = (secret: string) => createHash('sha256').update(secret).digest();
  return timingSafeEqual(digest(a), digest(b));
}
