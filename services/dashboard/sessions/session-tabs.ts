import { pathOf, type PageAddress } from '#contract/page-addresses';

/** The tabs of a session in display order. */
const TABS = [
  { tab: 'map', name: 'Map', address: 'scan/sessions/:id' },
  { tab: 'spectrum', name: 'Spectrum', address: 'scan/sessions/:id/spectrum' },
  { tab: 'sources', name: 'Sources', address: 'scan/sessions/:id/sources' },
  { tab: 'changes', name: 'Changes', address: 'scan/sessions/:id/changes' },
  { tab: 'pattern', name: 'Pattern', address: 'scan/sessions/:id/pattern' },
  { tab: 'cuts', name: 'Cuts', address: 'scan/sessions/:id/cuts' },
  { tab: 'levels', name: 'Levels', address: 'scan/sessions/:id/levels' },
  { tab: 'time', name: 'Time', address: 'scan/sessions/:id/time' },
] as const satisfies readonly { tab: string; name: string; address: PageAddress }[];

export type SessionTab = (typeof TABS)[number]['tab'];

export function tabOf(address: PageAddress): SessionTab {
  return TABS.find((one) => one.address === address)?.tab ?? 'map';
}

/** Links to the tabs of a session; `query` keeps the selection. */
export function sessionTabs(id: number, current: SessionTab, query: string) {
  return TABS.map(({ tab, name, address }) => ({
    name,
    href: `#/${pathOf(address, { id: String(id) })}${query === '' ? '' : `?${query}`}`,
    current: tab === current,
  }));
}
