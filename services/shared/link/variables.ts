import { z } from 'zod';

/** The certificates of one end of a link. */
export const linkVariables = {
  LINK_TLS_CERT: z.string(),
  LINK_TLS_KEY: z.string().describe('PEM file, the key of `LINK_TLS_CERT`'),
  LINK_TLS_CA: z.string(),
};

/** Paths of PEM files. */
export interface LinkCertificates {
  certPath: string;
  keyPath: string;
  /** The authority that must have signed the certificate of the other end. */
  caPath: string;
}
