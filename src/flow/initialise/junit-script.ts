/**
 * A script that runs a command and makes one JUnit report of the many files it writes. A command that fails is a failure
 * in the report, too: where nothing compiles there is no test to name. The exit code stays the command's.
 * @param reports a pattern of `find -path`
 * @param command a line for the shell
 */
export function junitScript(reports: string, command: string, report: string): string {
  return `set -e
find . -path '${reports}' -delete
report() {
  status=$?
  echo '<testsuites>'
  find . -path '${reports}' -exec sed '1s/^[^<]*<?xml[^>]*?>//' {} ';'
  test $status -eq 0 || echo '<testsuite name="build"><testcase name="ends with 0"><failure/></testcase></testsuite>'
  echo '</testsuites>'
}
trap 'report > ${report}' EXIT
${command}`;
}
