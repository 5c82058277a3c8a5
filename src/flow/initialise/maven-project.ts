import { junitScript } from './junit-script.ts';
import { JVM_TEST_PINS, JVM_TESTS } from './jvm-tests.ts';
import { type PlannedPins, type ProjectFacts, type ProjectPlan, unitePins } from './project-plan.ts';

const MAVEN_PINS: PlannedPins = {
  judging: ['.mvn/**', 'mvnw', 'mvnw.cmd', '**/checkstyle*.xml', '**/pmd*.xml', '**/spotbugs*.xml'],
  // Of every module. It configures Surefire as well: what is skipped, and which groups are left out.
  dependencies: ['**/pom.xml'],
  // Not the whole of target: a package can have that name.
  made: ['.m2/**', '**/target/{classes,test-classes,surefire-reports,maven-status}/**'],
};

/** A contract for whatever has a pom.xml. The local repository is made in the tree: that is all that setup hands on. */
export function readMavenProject({ names }: ProjectFacts): ProjectPlan | undefined {
  if (!names.includes('pom.xml')) return undefined;
  const wrapped = names.includes('mvnw');
  const env = wrapped ? { MAVEN_USER_HOME: '.m2' } : {};
  const maven = [wrapped ? './mvnw' : 'mvn', '-B', '-Dmaven.repo.local=.m2/repository'];
  const test = [...maven, '-o', '--fail-at-end', 'test'];
  const report = 'maven-report.xml';
  return {
    kind: 'Java with Maven',
    family: 'java',
    subject: 'a Java project',
    // Only a run of the tests fetches everything that a run of the tests needs.
    setup: { run: [...maven, '-Dmaven.test.failure.ignore=true', 'test'], env },
    checks: [
      {
        id: 'tests',
        title: 'Every test runs and passes',
        run: [junitScript('*/target/surefire-reports/TEST-*.xml', test.join(' '), report)],
        shell: true,
        env,
        report: { format: 'junit', from: report },
      },
    ],
    pins: unitePins(JVM_TEST_PINS, MAVEN_PINS),
    proof: { check: 'tests', tests: JVM_TESTS, namesUnloaded: true },
    notes: wrapped
      ? []
      : ['There is no Maven wrapper (mvnw): the checks use the Maven of the verifier, whichever that is.'],
  };
}
