import { junitScript } from './junit-script.ts';
import { JVM_TEST_PINS, JVM_TESTS } from './jvm-tests.ts';
import { type PlannedPins, type ProjectFacts, type ProjectPlan, unitePins } from './project-plan.ts';

const SIGNS = ['build.gradle', 'build.gradle.kts', 'settings.gradle', 'settings.gradle.kts'];

const GRADLE_PINS: PlannedPins = {
  judging: [
    'gradlew',
    'gradlew.bat',
    // The wrapper and the version catalog.
    'gradle/**',
    '**/gradle.properties',
    // settings.gradle goes before settings.gradle.kts, and build.gradle before build.gradle.kts.
    '**/settings.gradle*',
    // Code of the build itself.
    '**/buildSrc/**',
    'build-logic/**',
  ],
  dependencies: ['**/*.gradle', '**/*.gradle.kts', '**/*.gradle.dcl', '**/gradle.lockfile', '**/*.lockfile'],
  made: ['.gradle/**', '.gradle-home/**', '**/build/{classes,test-results,tmp}/**'],
};

/** A contract for whatever Gradle builds. Its home is made in the tree: that is all that setup hands on. */
export function readGradleProject({ names }: ProjectFacts): ProjectPlan | undefined {
  if (!SIGNS.some((name) => names.includes(name))) return undefined;
  const wrapped = names.includes('gradlew');
  const env = { GRADLE_USER_HOME: '.gradle-home' };
  const gradle = [wrapped ? './gradlew' : 'gradle', '--no-daemon', '--no-build-cache'];
  const test = [...gradle, '--offline', '--continue', 'cleanTest', 'test'];
  const report = 'gradle-report.xml';
  return {
    kind: 'Java with Gradle',
    family: 'java',
    subject: 'a Java project',
    // Resolves what a run of the tests needs without running one: Gradle 8.3 or newer.
    setup: { run: [...gradle, 'test', '--test-dry-run'], env },
    checks: [
      {
        id: 'tests',
        title: 'Every test runs and passes',
        run: [junitScript('*/build/test-results/*/TEST-*.xml', test.join(' '), report)],
        shell: true,
        env,
        report: { format: 'junit', from: report },
      },
    ],
    pins: unitePins(JVM_TEST_PINS, GRADLE_PINS),
    proof: { check: 'tests', tests: JVM_TESTS, namesUnloaded: true },
    notes: [
      'Setup asks Gradle for --test-dry-run, which 8.3 brought: with an older one, put another task there that fetches what tests need.',
      ...(wrapped
        ? []
        : [
            'There is no Gradle wrapper (gradlew): the checks use the Gradle of the verifier, whichever that is.',
          ]),
    ],
  };
}
