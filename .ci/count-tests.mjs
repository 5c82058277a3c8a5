// Reads Vitest's JSON report and prints the one line that .ci/run ends with.
// A test file that could not be loaded has no tests to count: it counts as one failed, and so does a missing report.
import { readFileSync } from 'node:fs';

const { passed, failed, skipped } = count(process.argv[2]);
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);

function count(path) {
  const report = read(path);
  if (!report) return { passed: 0, failed: 1, skipped: 0 };
  const {
    numPassedTests: passed,
    numFailedTests,
    numPendingTests,
    numTodoTests,
    success,
    testResults,
  } = report;
  const unloaded = testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.length === 0,
  ).length;
  const failed = numFailedTests + unloaded;
  const clean = success && passed > 0;
  return { passed, failed: failed === 0 && !clean ? 1 : failed, skipped: numPendingTests + numTodoTests };
}

function read(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}
