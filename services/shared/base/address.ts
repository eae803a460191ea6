/** `host:port`; an IPv6 host is in brackets. */
const ADDRESS = /^(\[[0-9a-fA-F:]+\]|[^\s:[\]]+):\d{1,5}$/;

/** Splits `host:port`; removes the brackets of an IPv6 host. */
export function splitAddress(address: string): { host: string; port: number } {
  const colon = address.lastIndexOf(':');
  return { host: address.slice(0, colon).replace(/^\[|\]$/g, ''), port: Number(address.slice(colon + 1)) };
}

/** Whether the text is a `host:port` with a valid port. */
export function isAddress(text: string): boolean {
  return ADDRESS.test(text) && splitAddress(text).port <= 65_535;
}
