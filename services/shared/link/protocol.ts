import { z } from 'zod';

// A site behind a router dials the gateways. On each connection (mutual TLS) the roles of HTTP/2
// are reversed: the gateway is the client, so it can reach the services of the site.
//
// 1. GET /site: who answers (`helloSchema`).
// 2. POST /verdict: whether the gateway uses the link (`verdictSchema`).
// 3. CONNECT NAME: a byte stream to a service of the site, as often as needed; gRPC runs in it.

/** Name of the protocol in the TLS handshake (ALPN). Another version has another number. */
export const LINK_PROTOCOL = 'skyscan-link/1';

/** The services of a site that a gateway can reach. */
export const LINK_SERVICES = ['scan-orchestrator', 'rotor-driver'] as const;
export type LinkService = (typeof LINK_SERVICES)[number];

export const HELLO_PATH = '/site';
export const VERDICT_PATH = '/verdict';

const MAX_TEXT = 1_000;

export const helloSchema = z.object({
  /** `SITE_NAME` there. */
  site: z.string().max(MAX_TEXT),
  /** Version of Sky Scan there. */
  version: z.string().max(MAX_TEXT),
});
export type Hello = z.infer<typeof helloSchema>;

export const verdictSchema = z.object({
  /** Id of the gateway. */
  gateway: z.string().max(MAX_TEXT),
  /** Why the gateway does not use the link; absent if it does. */
  refusal: z.string().max(MAX_TEXT).optional(),
});
export type Verdict = z.infer<typeof verdictSchema>;
