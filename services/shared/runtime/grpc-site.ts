import { Metadata } from 'nice-grpc-common';
import type { CallContext, CallOptions, ClientMiddlewareCall, ServerMiddlewareCall } from 'nice-grpc-common';
import { SkyScanError } from '../base/errors.ts';
import { LOCAL_SITE } from '../base/site-name.ts';

const SITE = 'skyscan-site';
/** Health and reflection belong to no site. */
const OF_SITE = /^\/skyscan\./;

/** Client side: names the site that a call is meant for. */
export function withSite(site: string) {
  return async function* <Request, Response>(
    call: ClientMiddlewareCall<Request, Response>,
    options: CallOptions,
  ) {
    const metadata = Metadata(options.metadata).set(SITE, site);
    return yield* call.next(call.request, { ...options, metadata });
  };
}

/**
 * Server side: throws `wrong_site` for a call that is meant for another site. A call without a site
 * is meant for `local`: clients of version 0.2.0 and older name none.
 */
export function requireSite(own: string) {
  return async function* <Request, Response>(
    call: ServerMiddlewareCall<Request, Response>,
    context: CallContext,
  ) {
    const meant = context.metadata.get(SITE) ?? LOCAL_SITE.name;
    if (meant !== own && OF_SITE.test(call.method.path))
      throw new SkyScanError('wrong_site', `serves site ${own}, not ${meant} (SITE_NAME)`);
    return yield* call.next(call.request, context);
  };
}
