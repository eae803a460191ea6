import { writeStored, readStored } from './storage.ts';

/** `auto` follows the system. */
export type ThemeChoice = 'auto' | 'light' | 'dark';

const NAME = 'sky-scan.theme';
const system = matchMedia('(prefers-color-scheme: dark)');

let choice = $state<ThemeChoice>(stored());
let systemIsDark = $state(system.matches);

/**
 * The colour theme. Components that draw on a canvas read `resolved` in an effect to redraw on
 * changes.
 */
export const theme = {
  get choice(): ThemeChoice {
    return choice;
  },
  set choice(next: ThemeChoice) {
    choice = next;
    writeStored(NAME, next === 'auto' ? undefined : next);
    apply();
  },
  get resolved(): 'light' | 'dark' {
    if (choice !== 'auto') return choice;
    return systemIsDark ? 'dark' : 'light';
  },
};

system.addEventListener('change', ({ matches }) => {
  systemIsDark = matches;
  apply();
});
apply();

function apply(): void {
  document.documentElement.dataset['theme'] = theme.resolved;
}

function stored(): ThemeChoice {
  const name = readStored(NAME);
  return name === 'light' || name === 'dark' ? name : 'auto';
}
