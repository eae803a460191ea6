import { keep, recall } from './storage.ts';

/** Dark, light, or what the system says. */
export type ThemeChoice = 'auto' | 'light' | 'dark';

const NAME = 'sky-scan.theme';
const system = matchMedia('(prefers-color-scheme: dark)');

let choice = $state<ThemeChoice>(stored());
let systemIsDark = $state(system.matches);

/** The theme. Components that draw read `resolved` in an effect and draw again when it changes. */
export const theme = {
  get choice(): ThemeChoice {
    return choice;
  },
  set choice(next: ThemeChoice) {
    choice = next;
    keep(NAME, next === 'auto' ? undefined : next);
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
  const word = recall(NAME);
  return word === 'light' || word === 'dark' ? word : 'auto';
}
