import { SkyScanError } from '#shared/base/errors';
import { freePort, listenProblem } from '#shared/runtime/free-port';

/** Whether a server could listen on this port now. */
export async function isPortFree(port: number, host = '127.0.0.1'): Promise<boolean> {
  return (await listenProblem(port, host)) === undefined;
}

/**
 * Throws if a server could not listen on this port now: `busy` if the port is in use, else
 * `invalid`. The message names the variable to change.
 */
export async function requireFree(
  variable: string,
  port: number,
  bind = { variable: '', host: '127.0.0.1' },
): Promise<void> {
  const code = await listenProblem(port, bind.host);
  if (code === undefined) return;
  throw new SkyScanError(
    code === 'EADDRINUSE' ? 'busy' : 'invalid',
    describeProblem(code, variable, port, bind),
  );
}

function describeProblem(
  code: string,
  variable: string,
  port: number,
  bind: { variable: string; host: string },
): string {
  switch (code) {
    case 'EADDRINUSE':
      return `${variable} ${port} is in use by another program; set ${variable} to a free port`;
    case 'EACCES':
      return `${variable} ${port} may not be opened by this user; set ${variable} to 1024 or more`;
    case 'EADDRNOTAVAIL':
      return `${bind.variable} ${bind.host} is not an address of this machine; set ${bind.variable} to one of its addresses`;
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `${bind.variable} ${bind.host} is a name that cannot be resolved; set ${bind.variable} to an address of this machine`;
    default:
      return `${variable} ${port} on ${bind.host} cannot be opened (${code}); set ${bind.variable || variable} to another value`;
  }
}

/** Several different free ports; none of `chosen`. */
export async function freePorts(count: number, chosen: number[] = []): Promise<number[]> {
  const ports = new Set(chosen);
  while (ports.size < chosen.length + count) ports.add(await freePort(ports));
  return [...ports].slice(chosen.length);
}
