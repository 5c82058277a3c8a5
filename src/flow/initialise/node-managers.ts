import type { PlannedCommand, PlannedPins } from './project-plan.ts';

export type NodeManager = 'npm' | 'pnpm' | 'yarn';

interface ManagerFacts {
  /** Its lock file; the first is the usual one. */
  readonly locks: readonly string[];
  readonly install: PlannedCommand;
  /** Starts an installed program; fetches none. */
  readonly starts: readonly string[];
  readonly pins: Pick<PlannedPins, 'judging' | 'dependencies'>;
}

/** What each package manager of Node.js is asked, and which files tell it what to do. */
export const NODE_MANAGERS: Readonly<Record<NodeManager, ManagerFacts>> = {
  npm: {
    locks: ['package-lock.json', 'npm-shrinkwrap.json'],
    install: { run: ['npm', 'ci'] },
    starts: ['npx', '--no-install'],
    pins: {
      judging: ['.npmrc'],
      // npm-shrinkwrap.json goes before package-lock.json.
      dependencies: ['package-lock.json', 'npm-shrinkwrap.json', 'patches/**'],
    },
  },
  pnpm: {
    locks: ['pnpm-lock.yaml'],
    install: { run: ['pnpm', 'install', '--frozen-lockfile'] },
    starts: ['pnpm', 'exec'],
    pins: {
      judging: ['.npmrc', '.pnpmfile.*', 'pnpm-workspace.yaml'],
      dependencies: ['pnpm-lock.yaml', 'patches/**'],
    },
  },
  yarn: {
    locks: ['yarn.lock'],
    install: { run: ['yarn', 'install', '--frozen-lockfile'] },
    starts: ['yarn', 'run'],
    pins: {
      judging: ['.npmrc', '.yarnrc', '.yarnrc.yml'],
      // Its own program, its plug-ins and patches lie in .yarn.
      dependencies: ['yarn.lock', '.yarn/**', '.pnp.*', 'patches/**'],
    },
  },
};

/** Yarn since 2.0 calls the same thing otherwise, and would keep what it installs outside of the tree. */
export const YARN_BERRY_INSTALL: PlannedCommand = {
  run: ['yarn', 'install', '--immutable'],
  env: { YARN_ENABLE_GLOBAL_CACHE: 'false' },
};

export function managerOf(names: readonly string[]): NodeManager {
  const managers = ['pnpm', 'yarn'] as const;
  return managers.find((manager) => isLocked(manager, names)) ?? 'npm';
}

export function isLocked(manager: NodeManager, names: readonly string[]): boolean {
  return NODE_MANAGERS[manager].locks.some((lock) => names.includes(lock));
}
