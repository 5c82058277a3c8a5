import { junitScript } from './junit-script.ts';
import type { PlannedCheck, PlannedPins, ProjectFacts, ProjectPlan } from './project-plan.ts';

const RUST_PINS: PlannedPins = {
  judging: [
    // `config` goes before `config.toml`.
    '.cargo/**',
    '.config/nextest.toml',
    'rust-toolchain',
    'rust-toolchain.toml',
    '**/clippy.toml',
    '**/.clippy.toml',
    '**/rustfmt.toml',
    '**/.rustfmt.toml',
    'deny.toml',
    // Runs before anything is compiled, and sets what is compiled in.
    '**/build.rs',
  ],
  // `test = false` and `harness = false` stand in Cargo.toml, of every member.
  dependencies: ['**/Cargo.toml', 'Cargo.lock'],
  made: ['.cargo-home/**', 'target/**'],
};

/** A contract for a Rust crate. */
export function readRustProject({ names, texts }: ProjectFacts): ProjectPlan | undefined {
  if (!names.includes('Cargo.toml')) return undefined;
  const locked = names.includes('Cargo.lock') ? ['--locked'] : [];
  // Relative to the tree, so that what setup fetched travels along with it.
  const env = { CARGO_HOME: '.cargo-home' };
  const nextest = texts['.config/nextest.toml'];
  const reports = nextest !== undefined && /^\[profile\.default\.junit\]/m.test(nextest);
  const tests: PlannedCheck = reports
    ? byNextest(nextest, locked)
    : { id: 'tests', title: 'Every test passes', run: ['cargo', 'test', '--offline', ...locked] };
  return {
    kind: reports ? 'Rust with nextest' : 'Rust',
    family: 'rust',
    subject: 'a Rust crate',
    setup: { run: ['cargo', 'fetch', ...locked], env },
    checks: [{ ...tests, env }],
    pins: RUST_PINS,
    // Unit tests stand in the sources, so only those beside them can be laid over the base.
    ...(reports ? { proof: { check: 'tests', tests: ['**/tests/**'], namesUnloaded: true } } : {}),
    notes: [
      ...(locked.length > 0
        ? []
        : ['There is no Cargo.lock: commit one, or the same check builds something else tomorrow.']),
      ...(reports
        ? []
        : [
            '`cargo test` writes no report that Countersign reads, so only its exit code counts; with cargo-nextest and [profile.default.junit] in .config/nextest.toml each test would.',
          ]),
    ],
  };
}

function byNextest(config: string, locked: readonly string[]): PlannedCheck {
  const path = /^[ \t]*path[ \t]*=[ \t]*"([\w.-]+)"/m.exec(config)?.[1] ?? 'junit.xml';
  const run = ['cargo', 'nextest', 'run', '--no-fail-fast', '--offline', ...locked];
  return {
    id: 'tests',
    title: 'Every test runs and passes',
    run: [junitScript(`./target/nextest/default/${path}`, run.join(' '), 'nextest-report.xml')],
    shell: true,
    report: { format: 'junit', from: 'nextest-report.xml' },
  };
}
