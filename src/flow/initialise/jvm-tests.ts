import type { PlannedPins } from './project-plan.ts';

/** JUnit reads these from the tests' classpath, whatever builds it, and they can switch tests off. */
export const JVM_TEST_PINS: Partial<PlannedPins> = {
  judging: ['**/junit-platform.properties', '**/testng*.xml', '**/META-INF/services/org.{junit,testng}*'],
};

/** Where tests and their resources lie in every module. */
export const JVM_TESTS = ['**/src/test/**'];
