/** Messages of the system and of TLS, what they mean for a connection to a peer, and what to check. */
const FAULTS: [RegExp, string, string][] = [
  [/ECONNREFUSED/, 'refused the connection', 'check that it runs there'],
  [/EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL/, 'cannot be reached', 'check its address and the network'],
  [/ETIMEDOUT|deadline|timeout/i, 'does not answer', 'check its address, the network and whether it hangs'],
  [
    /ENOTFOUND|EAI_|name resolution/i,
    'has a name that cannot be resolved',
    'check the name, or use its address',
  ],
  [
    /certificate|altnames|self.signed|CERT_|unable to verify/i,
    'has a TLS certificate that is not accepted',
    'check that both sides have certificates of the same CA, for this name',
  ],
  [
    /SSL|TLS|EPROTO|HTTP2|wrong version number|Protocol error/i,
    'does not speak the expected protocol',
    'check its port, and that TLS is set on both sides or on none',
  ],
];
const CLOSED = ['closed the connection', 'its log has the reason'] as const;

/**
 * What happened to the connection and what to check, to follow the name of the peer; `text`: an error code or a message of a library.
 * `setting`: what names its address.
 */
export function describeConnectionFault(text: string, setting?: string): string {
  const [, fault, check] = FAULTS.find(([pattern]) => pattern.test(text)) ?? [undefined, ...CLOSED];
  return `${fault} (${check}${setting === undefined || check === CLOSED[1] ? '' : `, and ${setting}`})`;
}
