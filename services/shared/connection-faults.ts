/** Messages of the system and of TLS, and what they mean for a connection to a peer. */
const FAULTS: [RegExp, string][] = [
  [/ECONNREFUSED/, 'refused the connection'],
  [/EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL/, 'cannot be reached'],
  [/ETIMEDOUT|deadline/i, 'does not answer'],
  [/ENOTFOUND|EAI_|name resolution/i, 'has a name that cannot be resolved'],
  [/certificate|altnames|self.signed|CERT_|unable to verify/i, 'has a TLS certificate that is not accepted'],
  [
    /SSL|TLS|EPROTO|HTTP2|wrong version number|Protocol error/i,
    'does not speak the expected protocol (is TLS set on one side only?)',
  ],
];

/** What happened to the connection, to follow the name of the peer; `text`: an error code or a message of a library. */
export function describeConnectionFault(text: string, otherwise = 'closed the connection'): string {
  return FAULTS.find(([pattern]) => pattern.test(text))?.[1] ?? otherwise;
}
