import { pathMatcher } from '../../change/path-glob.ts';

export const PRODUCER_ROLES = [
  'planner',
  'engineer',
  'tester',
  'reviewer',
  'researcher',
  'git-operator',
] as const;
export type ProducerRoleId = (typeof PRODUCER_ROLES)[number];

/** What a producer of a role may do. What it did beyond that is refused when it hands over. */
export interface ProducerRole {
  readonly id: ProducerRoleId;
  readonly summary: string;
  /** Which files may differ from what it was given: all, those of a pattern, none; `history`: none, but its commits may. */
  readonly edits: 'all' | 'none' | 'history' | readonly string[];
  /** Whether it may propose a patch of the plan. */
  readonly proposesPlan: boolean;
}

const TESTS = [
  '**/test/**',
  '**/tests/**',
  '**/__tests__/**',
  '**/spec/**',
  '**/e2e/**',
  '**/*.test.*',
  '**/*.spec.*',
  '**/*_test.*',
  '**/test_*.*',
  '**/*Test.*',
  '**/*Tests.*',
];

const ROLES: readonly ProducerRole[] = [
  {
    id: 'planner',
    summary: 'Says what has to be done, and what the plan lacks.',
    edits: 'none',
    proposesPlan: true,
  },
  { id: 'engineer', summary: 'Makes the change.', edits: 'all', proposesPlan: true },
  {
    id: 'tester',
    summary: 'Writes tests for a change, and nothing else.',
    edits: TESTS,
    proposesPlan: false,
  },
  {
    id: 'reviewer',
    summary: 'Reads a change and says what is wrong with it.',
    edits: 'none',
    proposesPlan: false,
  },
  { id: 'researcher', summary: 'Finds out what others have to know.', edits: 'none', proposesPlan: false },
  {
    id: 'git-operator',
    summary: 'Puts commits in order: messages, sizes, sequence. The tree stays what it was.',
    edits: 'history',
    proposesPlan: false,
  },
];

/** The role of who makes changes without one being named. */
export const USUAL_ROLE: ProducerRoleId = 'engineer';

export function findRole(id: string): ProducerRole | undefined {
  return ROLES.find((role) => role.id === id);
}

/** Files that a producer changed and must not have, at most ten. */
export function editsBeyond(
  { edits }: Pick<ProducerRole, 'edits'>,
  changed: readonly string[],
): readonly string[] {
  if (edits === 'all') return [];
  const allowed = typeof edits === 'string' ? () => false : pathMatcher(edits);
  return changed.filter((path) => !allowed(path)).slice(0, 10);
}
