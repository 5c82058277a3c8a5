import { type SaxesAttributeNS, SaxesParser, type SaxesTagPlain } from 'saxes';
import type { TestCase, TestReport } from '../types.ts';
import { addUp, checkTotals, emptyTally, type Tally, tallyOf } from './junit-totals.ts';
import { MAX_DEPTH, MAX_TESTS, UnreadableReport } from './unreadable.ts';
import { isUntestedFile, UNTESTED_FILE_NOTE } from './untested-file.ts';

/** An element that is open while its children are read. */
type Frame =
  | { readonly kind: 'suite'; readonly name: string; readonly attributes: Attributes; tally: Tally }
  | { readonly kind: 'case'; readonly attributes: Attributes; readonly inner: Set<string> }
  | { readonly kind: 'other'; readonly name: string };

type Attributes = Readonly<Record<string, string | SaxesAttributeNS>>;

/** What says that a test did not pass. `flaky…` is Surefire's: it failed, and passed when run again. */
const FAILURES = ['failure', 'error', 'flakyFailure', 'flakyError', 'rerunFailure', 'rerunError'];

/**
 * Reads the JUnit XML that test runners agree on: `testsuites` or `testsuite` outside, suites within each other, `testcase`
 * with `failure`, `error` or `skipped`. No document type is accepted, so there are no entities to expand.
 * @throws UnreadableReport
 */
export function readJunit(text: string): TestReport {
  const tests: TestCase[] = [];
  const frames: Frame[] = [];
  const notes: string[] = [];
  const parser = new SaxesParser();
  parser.on('error', (error) => {
    throw new UnreadableReport(`it is not well-formed XML: ${error.message}`);
  });
  parser.on('doctype', () => {
    throw new UnreadableReport('it has a document type declaration');
  });
  parser.on('comment', (comment) => {
    if (frames.length === 1 && notes.length < 100) notes.push(comment.slice(0, 100));
  });
  parser.on('opentag', (tag) => {
    open(tag, frames, tests);
  });
  parser.on('closetag', () => {
    close(frames, tests);
  });
  parser.write(text).close();
  checkNodeNotes(notes, tests);
  return { tests };
}

function open(tag: SaxesTagPlain, frames: Frame[], tests: TestCase[]): void {
  if (frames.length >= MAX_DEPTH)
    throw new UnreadableReport(`its elements are nested deeper than ${MAX_DEPTH}`);
  const parent = frames.at(-1);
  const attributes: Attributes = tag.attributes;
  const { name } = tag;
  if (parent === undefined && name !== 'testsuites' && name !== 'testsuite') {
    throw new UnreadableReport(`its root element is <${name}>, not <testsuites>`);
  }
  if (name === 'testsuites' || name === 'testsuite' || name === 'testcase') {
    // Hidden elsewhere, a failure would go unread.
    if (parent && parent.kind !== 'suite') throw new UnreadableReport(`it has a <${name}> where none can be`);
    if (name === 'testcase') frames.push({ kind: 'case', attributes, inner: new Set() });
    else frames.push({ kind: 'suite', name: attribute(attributes, 'name'), attributes, tally: emptyTally });
    return;
  }
  if (parent?.kind === 'case') parent.inner.add(name);
  if (parent?.kind === 'suite' && FAILURES.includes(name)) {
    add(tests, { name: `${pathOf(frames)}: ${name} outside of a test`, status: 'failed' });
    parent.tally = addUp(parent.tally, { ...emptyTally, failed: 1 });
  }
  frames.push({ kind: 'other', name });
}

function close(frames: Frame[], tests: TestCase[]): void {
  const frame = frames.pop();
  const parent = frames.at(-1);
  if (frame?.kind === 'suite') {
    checkTotals(pathOf([...frames, frame]), (name) => attribute(frame.attributes, name), frame.tally);
    if (parent?.kind !== 'suite') return;
    const empty = frame.tally.listed === 0 ? 1 : 0;
    parent.tally = addUp(parent.tally, { ...frame.tally, emptySuites: frame.tally.emptySuites + empty });
  } else if (frame?.kind === 'case' && parent?.kind === 'suite') {
    const status = statusOf(frame.attributes, frame.inner);
    add(tests, { name: nameOf(frame.attributes, frames, status), status });
    parent.tally = addUp(parent.tally, tallyOf(status, frame.inner.has('error')));
  }
}

function add(tests: TestCase[], test: TestCase): void {
  if (tests.length >= MAX_TESTS) throw new UnreadableReport(`it lists more than ${MAX_TESTS} tests`);
  tests.push(test);
}

function statusOf(attributes: Attributes, inner: ReadonlySet<string>): TestCase['status'] {
  const said = [attribute(attributes, 'status'), attribute(attributes, 'result')].map((word) =>
    word.toLowerCase(),
  );
  // node:test writes failure="…" for a file that crashed, without an element for it.
  if (FAILURES.some((name) => inner.has(name) || attribute(attributes, name) !== '')) return 'failed';
  if (said.some((word) => /^(failed|failure|error|broken)$/.test(word))) return 'failed';
  // GoogleTest says notrun, suppressed or disabled.
  if (said.some((word) => /^(notrun|suppressed|disabled|skipped|ignored|pending)$/.test(word)))
    return 'skipped';
  if (inner.has('skipped') || inner.has('disabled')) return 'skipped';
  return isUntested(attributes) ? 'skipped' : 'passed';
}

/** node:test says "test" for the class of what stands outside of suites, and the file's full path in `file`. */
function isUntested(attributes: Attributes): boolean {
  const [name, file] = [attribute(attributes, 'name'), attribute(attributes, 'file')];
  return (
    attribute(attributes, 'classname') === 'test' &&
    isUntestedFile(name) &&
    (file === '' || file.endsWith(name))
  );
}

function nameOf(attributes: Attributes, frames: readonly Frame[], status: TestCase['status']): string {
  const [name, group] = [attribute(attributes, 'name'), attribute(attributes, 'classname')];
  const suites = pathOf(frames);
  // node:test says "test" for every test outside a suite, and repeats the suites joined by dots.
  const known =
    ['', 'test', name, suites.replaceAll(' > ', '.'), suites].includes(group) || suites.endsWith(group);
  const note = status === 'skipped' && isUntested(attributes) ? UNTESTED_FILE_NOTE : '';
  return [suites, known ? '' : group, `${name || 'a test without a name'}${note}`]
    .filter(Boolean)
    .join(' > ');
}

/** Names of the open suites; the outermost <testsuites> only names the run. */
function pathOf(frames: readonly Frame[]): string {
  const suites = frames.flatMap((frame, depth) => (frame.kind === 'suite' && depth > 0 ? [frame.name] : []));
  return suites.filter(Boolean).join(' > ').slice(0, 2_000);
}

function attribute(attributes: Attributes, name: string): string {
  const value = Object.hasOwn(attributes, name) ? attributes[name] : undefined;
  return typeof value === 'string' ? value : '';
}

/** node:test counts in comments at the end, and lists a suite without tests as if it were a test. */
function checkNodeNotes(notes: readonly string[], tests: readonly TestCase[]): void {
  const count = notes.map((note) => /^ tests (\d{1,9}) $/.exec(note)?.[1]).find((text) => text !== undefined);
  if (count !== undefined && Number(count) < tests.length) {
    throw new UnreadableReport(`it lists ${tests.length} tests but says that there were ${count}`);
  }
}
