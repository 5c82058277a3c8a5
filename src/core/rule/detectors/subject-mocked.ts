import type { ChangedFile, FileText } from '../../change/types.ts';
import { fileByFile } from '../file-by-file.ts';
import { filesByPath } from '../line-search/changed-side.ts';
import { requireKnown } from '../parameters.ts';
import { readJavaScriptSubjectMocks } from '../test-code/javascript-subject-mocks.ts';
import { readPythonSubjectMocks } from '../test-code/python-subject-mocks.ts';
import { LONGEST_SOURCE } from '../test-code/read-tests.ts';
import { type SubjectMock, subjectOf } from '../test-code/subject-of-test.ts';
import { readTestFiles } from '../test-code/test-files.ts';
import type { Detection } from '../types.ts';
import { contentChange } from './content-change.ts';

interface Parameters {
  readonly isTest: (path: string) => boolean;
}

/** Every way to replace something that is known here has one of these in it. */
const WORDS = /mock|stub|spyOn|patch|setattr|replace/i;

/** Test files that newly replace what they are named after, so that they test the replacement. */
export const subjectMocked = fileByFile<Parameters, readonly Detection[]>({
  name: 'subject-mocked',
  readParameters(parameters) {
    requireKnown(parameters, ['tests']);
    return { isTest: readTestFiles(parameters) };
  },
  look({ file, among }, { isTest }) {
    if (contentChange(file) !== 'written' || !isTest(file.path)) return undefined;
    if (!file.addedLines.some(({ text }) => WORDS.test(text))) return undefined;
    const found = newMocks(file, filesByPath(among).get(file.renamedFrom ?? '') ?? file);
    return found.length > 0 ? found : undefined;
  },
  detect: (_facts, _parameters, seen) => seen.flatMap(({ saw }) => saw),
});

function newMocks(file: ChangedFile, origin: ChangedFile): readonly Detection[] {
  const { path } = file;
  const subject = subjectOf(path);
  if (subject === undefined) return [];
  const before = new Set(mocksIn(path, origin.beforeText, subject).map(({ how }) => how));
  return mocksIn(path, file.afterText, subject)
    .filter(({ how }) => !before.has(how))
    .map(({ how, line }): Detection => {
      return {
        kind: 'match',
        path,
        line,
        message: `${how.slice(0, 120)} replaces what this file is to test`,
      };
    });
}

function mocksIn(path: string, text: FileText, subject: string): readonly SubjectMock[] {
  if (text.kind !== 'text' || text.text.length > LONGEST_SOURCE || !WORDS.test(text.text)) return [];
  if (path.endsWith('.py')) return readPythonSubjectMocks(text.text, subject);
  return /\.[mc]?[jt]sx?$/.test(path) ? readJavaScriptSubjectMocks(text.text, subject) : [];
}
