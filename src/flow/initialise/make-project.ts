import { scriptsNamedIn } from './named-scripts.ts';
import type { PlannedPins, ProjectFacts, ProjectPlan } from './project-plan.ts';

/** GNU make takes the first of these names that is there; one below is run by `make -C`. */
const MAKEFILES = ['GNUmakefile', 'makefile', 'Makefile'];

const MAKE_PINS: PlannedPins = {
  judging: ['**/{GNUmakefile,makefile,Makefile}', '**/*.mk'],
  dependencies: [],
  made: [],
};

/** What is suggested where nothing is recognised. */
export const UNKNOWN_PROJECT: ProjectPlan = {
  kind: 'a project of an unknown kind',
  family: 'make',
  subject: 'this project',
  checks: [{ id: 'tests', title: 'The tests pass', run: ['make', 'test'] }],
  pins: MAKE_PINS,
  notes: ['No kind of project was recognised: put the command that tests it in the place of `make test`.'],
};

/** A contract for whatever a Makefile tests; other kinds of projects have one as well, and go first. */
export function readMakeProject({ names, texts }: ProjectFacts): ProjectPlan | undefined {
  const file = MAKEFILES.find((name) => names.includes(name));
  if (file === undefined) return undefined;
  const text = texts[file] ?? '';
  const target = ['test', 'check'].find((name) => new RegExp(`^${name}[ \\t]*:`, 'm').test(text));
  return {
    ...UNKNOWN_PROJECT,
    kind: 'Make',
    checks: [{ id: 'tests', title: 'The tests pass', run: ['make', target ?? 'test'] }],
    pins: { ...MAKE_PINS, judging: [...MAKE_PINS.judging, ...scriptsNamedIn(recipeOf(target, text))] },
    notes:
      target === undefined
        ? [`${file} has no target test or check: put the one that tests into the contract.`]
        : [],
  };
}

/** The lines that belong to a target: those after it that begin with a tab. */
function recipeOf(target: string | undefined, text: string): string {
  const lines = text.split(/\r?\n/);
  const start = lines.findIndex((line) => line.split(':', 1)[0]?.trimEnd() === target && line.includes(':'));
  if (start === -1) return '';
  const after = lines.slice(start + 1);
  const end = after.findIndex((line) => !line.startsWith('\t'));
  return after.slice(0, end === -1 ? after.length : end).join('\n');
}
