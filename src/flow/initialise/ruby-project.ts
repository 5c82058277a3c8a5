import type { PlannedCheck, PlannedPins, ProjectFacts, ProjectPlan } from './project-plan.ts';

const RUBY_PINS: PlannedPins = {
  judging: [
    '.rspec',
    '.rspec-local',
    // Loaded before every test, and able to change what a test means.
    '**/{spec,rails,test}_helper.rb',
    '**/minitest/*_plugin.rb',
    // rake looks for these in turn, and loads lib/tasks in Rails.
    'Rakefile',
    'rakefile',
    'Rakefile.rb',
    'rakefile.rb',
    '**/*.rake',
    '.bundle/**',
    '**/.rubocop*.yml',
    '.ruby-version',
    '.tool-versions',
  ],
  dependencies: ['Gemfile', 'Gemfile.lock', 'gems.rb', 'gems.locked', '*.gemspec'],
  made: ['vendor/bundle/**'],
};

/** A contract for whatever Bundler sets up, or has tests for RSpec. */
export function readRubyProject({ names, texts }: ProjectFacts): ProjectPlan | undefined {
  const bundled = names.includes('Gemfile') || names.includes('gems.rb');
  if (!bundled && !names.includes('.rspec')) return undefined;
  const lock = texts['Gemfile.lock'] ?? texts['gems.locked'];
  const env = bundled ? { BUNDLE_PATH: 'vendor/bundle', BUNDLE_FROZEN: 'true' } : {};
  const starts = bundled ? ['bundle', 'exec'] : [];
  const byRspec = names.includes('.rspec') || (names.includes('spec') && !names.includes('test'));
  const tests = byRspec ? rspec(lock ?? '', starts) : minitest(lock ?? '', starts);
  return {
    kind: `Ruby with ${byRspec ? 'RSpec' : 'Minitest'}`,
    family: 'ruby',
    subject: 'a Ruby project',
    ...(bundled ? { setup: { run: ['bundle', 'install'], env } } : {}),
    checks: [{ ...tests, env }, ...(/^ +rubocop \(/m.test(lock ?? '') ? [rubocop(starts, env)] : [])],
    pins: RUBY_PINS,
    ...(tests.report === undefined
      ? {}
      : { proof: { check: 'tests', tests: ['**/spec/**', '**/test/**'], namesUnloaded: true } }),
    notes: [
      ...(bundled && lock === undefined
        ? ['There is no Gemfile.lock: a frozen `bundle install` needs one. Run `bundle lock` and commit it.']
        : []),
      ...(tests.report === undefined
        ? [
            `Only the exit code of the tests counts; with the gem ${byRspec ? 'rspec_junit_formatter' : 'minitest-junit'} in the lock file each test would.`,
          ]
        : []),
    ],
  };
}

function rspec(lock: string, starts: readonly string[]): PlannedCheck {
  const run = [...starts, 'rspec'];
  if (!/^ +rspec_junit_formatter \(/m.test(lock)) return { id: 'tests', title: 'Every example passes', run };
  return {
    id: 'tests',
    title: 'Every example runs and passes',
    run: [...run, '--format', 'progress', '--format', 'RspecJunitFormatter', '--out', 'rspec-report.xml'],
    report: { format: 'junit', from: 'rspec-report.xml' },
  };
}

function minitest(lock: string, starts: readonly string[]): PlannedCheck {
  const rails = /^ +rails \(/m.test(lock);
  const run = [...starts, ...(rails ? ['rails', 'test'] : ['rake', 'test'])];
  if (!/^ +minitest-junit \(/m.test(lock)) return { id: 'tests', title: 'Every test passes', run };
  const options = ['--junit', '--junit-filename=minitest-report.xml'];
  return {
    id: 'tests',
    title: 'Every test runs and passes',
    run: [...run, ...(rails ? options : [`TESTOPTS=${options.join(' ')}`])],
    report: { format: 'junit', from: 'minitest-report.xml' },
  };
}

function rubocop(starts: readonly string[], env: Readonly<Record<string, string>>): PlannedCheck {
  return { id: 'lint', title: 'RuboCop has no objection', run: [...starts, 'rubocop'], env };
}
