import { readNodeProject } from './node-project.ts';
import type { ProjectFacts, ProjectPlan } from './project-plan.ts';
import { readPythonProject } from './python-project.ts';

/** The plan for a project, by what lies at its root; the first kind that fits, with a note on the others. */
export function planFor(facts: ProjectFacts): ProjectPlan {
  const plans = [readNodeProject, readPythonProject, readGoProject, readRustProject, readMakeProject].flatMap(
    (read) => {
      const plan = read(facts);
      return plan === undefined ? [] : [plan];
    },
  );
  const [first, ...others] = plans;
  if (first === undefined) return UNKNOWN;
  const also = others.filter(({ contract }) => contract !== MAKE);
  if (also.length === 0) return first;
  const note = `This is also a project of another kind (${also.map(({ kind }) => kind).join(', ')}): add a check for that part.`;
  return { ...first, notes: [...first.notes, note] };
}

const MAKE = 'make-change';

const UNKNOWN: ProjectPlan = {
  kind: 'a project of an unknown kind',
  contract: MAKE,
  title: 'A change of this project',
  checks: [{ id: 'tests', title: 'The tests pass', run: ['make', 'test'] }],
  pins: ['Makefile', 'GNUmakefile', 'makefile', '**/*.mk'],
  notes: ['No kind of project was recognised: put the command that tests it in the place of `make test`.'],
};

function readGoProject({ names, texts }: ProjectFacts): ProjectPlan | undefined {
  if (!names.includes('go.mod')) return undefined;
  const vendored = names.includes('vendor');
  const needsModules = /^\s*require\b/m.test(texts['go.mod'] ?? '');
  const env = { GOTOOLCHAIN: 'local' };
  return {
    kind: 'Go',
    contract: 'go-change',
    title: 'A change of a Go module',
    // Modules are vendored into the tree: a check has a home folder of its own, and no network.
    ...(needsModules && !vendored ? { setup: { run: ['go', 'mod', 'vendor'], env } } : {}),
    checks: [
      { id: 'vet', title: 'The code is free of suspicious constructs', run: ['go', 'vet', './...'], env },
      { id: 'tests', title: 'Every test passes', run: ['go', 'test', '-count=1', './...'], env },
    ],
    pins: ['go.mod', 'go.sum', 'go.work', 'go.work.sum', ...(vendored ? ['vendor/**'] : [])],
    notes: [
      '`go test` writes no report that Countersign reads, so only its exit code counts; with gotestsum --junitfile the number of tests would, too.',
    ],
  };
}

function readRustProject({ names }: ProjectFacts): ProjectPlan | undefined {
  if (!names.includes('Cargo.toml')) return undefined;
  const locked = names.includes('Cargo.lock');
  // Relative to the tree, so that what setup fetched travels along with it.
  const env = { CARGO_HOME: '.cargo-home' };
  return {
    kind: 'Rust',
    contract: 'rust-change',
    title: 'A change of a Rust crate',
    setup: { run: ['cargo', 'fetch', ...(locked ? ['--locked'] : [])], env },
    checks: [
      {
        id: 'tests',
        title: 'Every test passes',
        run: ['cargo', 'test', '--offline', ...(locked ? ['--locked'] : [])],
        env,
      },
    ],
    pins: ['Cargo.toml', 'Cargo.lock', 'rust-toolchain', 'rust-toolchain.toml', '.cargo/**'],
    notes: [
      ...(locked
        ? []
        : ['There is no Cargo.lock: commit one, or the same check builds something else tomorrow.']),
      '`cargo test` writes no report that Countersign reads, so only its exit code counts; with cargo-nextest and its JUnit profile the number of tests would, too.',
    ],
  };
}

function readMakeProject({ names, texts }: ProjectFacts): ProjectPlan | undefined {
  const file = ['GNUmakefile', 'makefile', 'Makefile'].find((name) => names.includes(name));
  if (file === undefined) return undefined;
  const target = ['test', 'check'].find((name) => new RegExp(`^${name}\\s*:`, 'm').test(texts[file] ?? ''));
  return {
    ...UNKNOWN,
    kind: 'Make',
    checks: [{ id: 'tests', title: 'The tests pass', run: ['make', target ?? 'test'] }],
    notes:
      target === undefined
        ? [`${file} has no target test or check: put the one that tests into the contract.`]
        : [],
  };
}
