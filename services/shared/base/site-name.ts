/** The name of a site. Services send it as gRPC metadata, so it is ASCII. */
export const SITE_NAME = /^[\w-]{1,40}$/;
export const SITE_NAME_RULE = 'Must be 1 to 40 of A-Z a-z 0-9 _ -';

/** The site of an installation that configures none. */
export const LOCAL_SITE = { id: 1, name: 'local' };

/** The name of a service in its status topic, which the sites at one broker share. */
export function serviceAt(site: string, service: string): string {
  return site === LOCAL_SITE.name ? service : `${service}-${site}`;
}
