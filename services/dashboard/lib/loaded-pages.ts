import type { Component } from 'svelte';
import type { PageProps, RequestedPage } from '../routes.ts';

type Load = RequestedPage['load'];

const loaded = new Map<Load, Component<PageProps>>();

/** The component of a page whose script has been loaded, else undefined. */
export function loadedPage({ load }: Pick<RequestedPage, 'load'>): Component<PageProps> | undefined {
  return loaded.get(load);
}

/** Loads the script of a page. A failure can be retried. */
export async function loadPage({ load }: Pick<RequestedPage, 'load'>): Promise<Component<PageProps>> {
  const component = loaded.get(load) ?? (await load());
  loaded.set(load, component);
  return component;
}
