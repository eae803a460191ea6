import { readFileSync } from 'node:fs';

// Of the kernel's clock for this, on every Linux.
const TICKS_PER_S = 100;

/** Processor time that a process has used, all threads, seconds. */
export function processorSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_S;
}

/**
 * Bytes that connections of a server on this port have sent and that nobody has taken yet, as the
 * kernel counts them.
 */
export function unsentBytes(port: number): number {
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  let bytes = 0;
  for (const file of ['/proc/net/tcp', '/proc/net/tcp6'])
    for (const line of readFileSync(file, 'utf8').split('\n').slice(1)) {
      const [, local = '', , , queues = ''] = line.trim().split(/\s+/);
      if (local.endsWith(`:${hex}`)) bytes += parseInt(queues.split(':')[0] ?? '', 16) || 0;
    }
  return bytes;
}
