import { z } from 'zod';
import { isAddress } from '#shared/base/address';
import { LOCAL_SITE } from '#shared/base/site-name';
import { addressVariable } from '#shared/runtime/env';
import { linkVariables } from '#shared/link/variables';
import { siteNameVariables } from '#shared/rotor/site-variables';

export const configSchema = z
  .object({
    ...siteNameVariables,
    GATEWAY_LINKS: z
      .string()
      .transform((text) => text.split(',').map((item) => item.trim()))
      .refine((links) => links.every(isAddress), 'must be host:port, several separated by commas')
      .refine((links) => new Set(links).size === links.length, 'must not name a gateway twice')
      .describe('`host:port` (`LINK_PORT`) of every gateway, separated by commas'),
    LINK_TLS_CERT: linkVariables.LINK_TLS_CERT.describe(
      'PEM file; the common name (CN) of the certificate is the name of the site',
    ),
    LINK_TLS_KEY: linkVariables.LINK_TLS_KEY,
    LINK_TLS_CA: linkVariables.LINK_TLS_CA.describe(
      'PEM file of the authority of the gateways; their certificates name the hosts in `GATEWAY_LINKS`',
    ),
    ORCHESTRATOR_ADDRESS: addressVariable
      .default('127.0.0.1:50051')
      .describe('gRPC address of scan-orchestrator'),
    ROTOR_DRIVER_ADDRESS: addressVariable.default('127.0.0.1:50052').describe('gRPC address of rotor-driver'),
    GRPC_TLS_CA: z
      .string()
      .optional()
      .describe(
        'PEM file, if scan-orchestrator and rotor-driver use TLS: the authority of their certificates',
      ),
  })
  .superRefine(({ SITE_NAME }, context) => {
    if (SITE_NAME === LOCAL_SITE.name)
      context.addIssue({
        code: 'custom',
        path: ['SITE_NAME'],
        message: `must name the site; gateways reach ${LOCAL_SITE.name} at their own addresses`,
      });
  });

export type Config = z.infer<typeof configSchema>;
