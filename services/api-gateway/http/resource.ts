import type { RequestHandler, Router } from 'express';
import { sendError } from './errors.ts';

type Handlers = RequestHandler | RequestHandler[];

/** The methods of one path; all others get 405 with `Allow`. */
export function resource(
  router: Router,
  path: string,
  methods: Partial<Record<'get' | 'post' | 'put' | 'delete', Handlers>>,
): void {
  const route = router.route(path);
  if (methods.get) route.get(methods.get);
  if (methods.post) route.post(methods.post);
  if (methods.put) route.put(methods.put);
  if (methods.delete) route.delete(methods.delete);
  const allowed = Object.keys(methods).map((method) => method.toUpperCase());
  if (methods.get) allowed.push('HEAD');
  route.all((_request, response) => {
    response.set('Allow', allowed.join(', '));
    sendError(response, 405, 'Method Not Allowed');
  });
}
