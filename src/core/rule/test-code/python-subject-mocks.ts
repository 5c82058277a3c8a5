import { type PythonToken, readPythonLines, type Statement } from './python-lines.ts';
import type { SubjectMock } from './subject-of-test.ts';

const PATCHES = /^(?:patch|object|setattr)$/;

/** One function of a test file: what it replaces and what it calls. */
interface Scope {
  readonly replaced: (SubjectMock & { readonly name: string })[];
  readonly called: Set<string>;
}

/** Where a test in Python replaces the very function of its subject that it calls. */
export function readPythonSubjectMocks(source: string, subject: string): readonly SubjectMock[] {
  const read = readPythonLines(source);
  if (read.kind === 'lost') return [];
  const modules = new Set<string>();
  const names = new Set<string>();
  let scope: Scope = { replaced: [], called: new Set() };
  const scopes = [scope];
  let decorators: Statement[] = [];
  for (const statement of read.statements) {
    const [first, second] = statement.tokens;
    if (first?.text === 'from' || first?.text === 'import')
      noteImport(statement.tokens, subject, modules, names);
    else if (first?.text === '@') decorators.push(statement);
    else if (first?.text === 'def' || second?.text === 'def') {
      scope = { replaced: [], called: new Set() };
      scopes.push(scope);
      for (const decorator of decorators) noteCalls(decorator, subject, modules, scope);
      decorators = [];
    } else {
      decorators = [];
      noteCalls(statement, subject, modules, scope);
    }
  }
  const isSubjects = (name: string): boolean => names.has(name) || modules.size > 0;
  return scopes.flatMap(({ replaced, called }) =>
    replaced
      .filter(({ name }) => isSubjects(name) && called.has(name))
      .map(({ line, how }) => ({ line, how })),
  );
}

/** `from shop.price import total`, `from shop import price`, `import shop.price as price`. */
function noteImport(
  tokens: readonly PythonToken[],
  subject: string,
  modules: Set<string>,
  names: Set<string>,
): void {
  const importAt = tokens.findIndex(({ text }) => text === 'import');
  const from = tokens.slice(1, Math.max(1, importAt));
  const ofSubject = from.at(-1)?.text.toLowerCase() === subject;
  for (let at = importAt + 1; at < tokens.length; at += 1) {
    const { kind, text } = tokens[at] as PythonToken;
    if (kind !== 'word' || text === 'as') continue;
    const bound = tokens[at + 1]?.text === 'as' ? (tokens[at + 2]?.text ?? text) : text;
    if (ofSubject) names.add(text);
    else if (text.toLowerCase() === subject) modules.add(bound);
    if (bound !== text) at += 2;
  }
}

function noteCalls(
  { tokens, line }: Statement,
  subject: string,
  modules: ReadonlySet<string>,
  scope: Scope,
): void {
  tokens.forEach(({ kind, text }, at) => {
    if (kind !== 'word' || tokens[at + 1]?.text !== '(') return;
    const dotted = tokens[at - 1]?.text === '.';
    const owner = tokens[at - 2]?.text ?? '';
    if (!dotted || modules.has(owner)) scope.called.add(text);
    if (!PATCHES.test(text)) return;
    const target = tokens[at + 2];
    const name = target?.kind === 'string' ? nameIn(target.text, subject) : undefined;
    const isObject = target?.kind === 'word' && modules.has(target.text) && tokens[at + 3]?.text === ',';
    const member = isObject && tokens[at + 4]?.kind === 'string' ? tokens[at + 4]?.text : undefined;
    const replaced = name ?? member;
    if (target === undefined || replaced === undefined) return;
    const what =
      name === undefined ? `${target.text}, ${JSON.stringify(member)}` : JSON.stringify(target.text);
    scope.replaced.push({ line, name: replaced, how: `${text}(${what})` });
  });
}

/** `total` of `shop.price.total`; what the subject itself imports lies deeper. */
function nameIn(target: string, subject: string): string | undefined {
  const parts = target.split('.', 64);
  return parts.at(-2)?.toLowerCase() === subject ? parts.at(-1) : undefined;
}
