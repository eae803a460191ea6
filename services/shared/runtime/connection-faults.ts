/** The fault of a connection to a peer, and what to check. */
interface ConnectionFault {
  fault: string;
  check: string;
  /** Whether a wrong address in the settings may be the cause. */
  concernsSetting: boolean;
}

/** The peer closed the connection. */
export const CLOSED: ConnectionFault = {
  fault: 'closed the connection',
  check: 'its log has the reason',
  concernsSetting: false,
};
/** No answer in time. */
export const NO_ANSWER: ConnectionFault = {
  fault: 'does not answer',
  check: 'check its address, the network and whether it hangs',
  concernsSetting: true,
};

/** Fault by error code or message of the system or of TLS. */
const FAULTS: [RegExp, ConnectionFault][] = [
  [
    // The local socket of a link (api-gateway/links).
    /ENOENT.*\.link\b/,
    {
      fault: 'is not linked',
      check: 'check that its site-link runs and names this gateway in GATEWAY_LINKS, and LINK_PORT here',
      concernsSetting: false,
    },
  ],
  [/ECONNREFUSED/, named('refused the connection', 'check that it runs there')],
  [/EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL/, named('cannot be reached', 'check its address and the network')],
  [/ETIMEDOUT|deadline|timeout/i, NO_ANSWER],
  [
    /ENOTFOUND|EAI_|name resolution/i,
    named('has a name that cannot be resolved', 'check the name, or use its address'),
  ],
  [
    /certificate|altnames|self.signed|CERT_|unable to verify/i,
    named(
      'has a TLS certificate that is not accepted',
      'check that both sides have certificates of the same CA, for this name',
    ),
  ],
  [
    /SSL|TLS|EPROTO|HTTP2|wrong version number|Protocol error/i,
    named(
      'does not speak the expected protocol',
      'check its port, and that TLS is set on both sides or on none',
    ),
  ],
];

/**
 * Text that follows the name of the peer: the fault and what to check. `what`: the fault, or an
 * error code or message of a library. `setting`: the setting with the peer's address.
 */
export function describeConnectionFault(what: string | ConnectionFault, setting?: string): string {
  const { fault, check, concernsSetting } = typeof what === 'string' ? faultOf(what) : what;
  return `${fault} (${check}${setting !== undefined && concernsSetting ? `, and ${setting}` : ''})`;
}

function faultOf(text: string): ConnectionFault {
  return FAULTS.find(([pattern]) => pattern.test(text))?.[1] ?? CLOSED;
}

function named(fault: string, check: string): ConnectionFault {
  return { fault, check, concernsSetting: true };
}
