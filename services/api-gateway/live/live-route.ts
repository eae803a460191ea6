import type { z } from 'zod';
import { parseId } from '#contract/ids';
import type { Refusal } from '../http/security.ts';
import { CLOSE } from '#contract/live/close-codes';
import type { LiveSocket } from './live-socket.ts';

/**
 * Serves one client, which may disconnect at any time. Rejects if the database is not available.
 */
export type Serve = (client: LiveSocket) => Promise<void>;

/** The handler of a URL, or the reason for refusing it; undefined: not a URL of this route. */
export type LiveRoute = (url: string) => Serve | Refusal | undefined;

/**
 * `/ws/{name}/{id}`. An invalid id is treated like an unknown one: the socket closes with 4404 and
 * `notFound`.
 */
export function createLiveRoute<S extends z.ZodType>(parts: {
  name: string;
  query: S;
  /** Detail of the 400 for invalid parameters. */
  malformed: string;
  notFound: string;
  attach: (client: LiveSocket, id: number, query: z.infer<S>) => Promise<void>;
}): LiveRoute {
  const { query, malformed, notFound, attach } = parts;
  const pattern = new RegExp(`^/ws/${parts.name}/([^/]+)/?$`);
  return (url) => {
    const question = url.indexOf('?');
    const id = pattern.exec(question < 0 ? url : url.slice(0, question))?.[1];
    if (id === undefined) return undefined;
    const parameters = new URLSearchParams(question < 0 ? '' : url.slice(question));
    const names = [...parameters.keys()];
    const parsed = query.safeParse(Object.fromEntries(parameters));
    if (!parsed.success || new Set(names).size < names.length) return { status: 400, detail: malformed };
    const known = parseId(id);
    if (known !== undefined) return (client) => attach(client, known, parsed.data);
    return (client) => {
      client.close(CLOSE.unknown, notFound);
      return Promise.resolve();
    };
  };
}
