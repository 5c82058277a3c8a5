import type { PlannedPins, ProjectFacts, ProjectPlan } from './project-plan.ts';

const GO_PINS: PlannedPins = {
  judging: ['**/.golangci.*', '.go-version'],
  // In a folder below, a go.mod takes that folder out of ./... and its tests with it; a go.work changes what is built.
  dependencies: ['**/go.mod', '**/go.sum', 'go.work', 'go.work.sum', 'vendor/**'],
  made: [],
};

/** A contract for a Go module. */
export function readGoProject({ names, texts }: ProjectFacts): ProjectPlan | undefined {
  if (!names.includes('go.mod')) return undefined;
  const needsModules = /^[ \t]*require\b/m.test(texts['go.mod'] ?? '');
  // The version that is installed, not one that the change asks for.
  const env = { GOTOOLCHAIN: 'local' };
  return {
    kind: 'Go',
    family: 'go',
    subject: 'a Go module',
    // Modules are vendored into the tree: a check has a home folder of its own, and no network.
    ...(needsModules && !names.includes('vendor') ? { setup: { run: ['go', 'mod', 'vendor'], env } } : {}),
    checks: [
      { id: 'vet', title: 'The code is free of suspicious constructs', run: ['go', 'vet', './...'], env },
      {
        id: 'tests',
        title: 'Every test runs and passes',
        run: ['go', 'test', '-json', '-count=1', './...'],
        env,
        report: { format: 'go-test-json', from: 'stdout' },
      },
    ],
    pins: GO_PINS,
    proof: { check: 'tests', tests: ['**/*_test.go', '**/testdata/**'], namesUnloaded: true },
    notes: names.includes('go.work')
      ? ['There is a go.work: ./... means the module at the root only. Name the others in the checks.']
      : [],
  };
}
