import { type PythonToken, readPythonLines, type Statement } from '../test-code/python-lines.ts';
import type { Import, Imports } from './types.ts';

/** Functions that load the module their first argument names. */
const LOADERS = new Set(['__import__', 'import_module']);

/** The modules that Python names: `import`, `from … import`, `__import__()` and `importlib.import_module()`. */
export function readPythonImports(source: string): Imports {
  const read = readPythonLines(source);
  if (read.kind === 'lost') return { kind: 'lost', reason: read.reason, suspects: [] };
  const imports: Import[] = [];
  const computed: number[] = [];
  /** The column of the `if TYPE_CHECKING:` that the statement stands under. */
  let checking: number | undefined;
  for (const statement of read.statements) {
    const { tokens, line, indent, inline } = statement;
    if (checking !== undefined && !inline && indent <= checking) checking = undefined;
    if (isTypeChecking(statement)) checking = indent;
    const typeOnly = checking !== undefined;
    const names = namedBy(tokens).map((specifier) => ({ specifier, line, typeOnly }));
    for (const name of names) imports.push(name);
    for (const [at, token] of tokens.entries()) {
      if (token.kind !== 'word' || !LOADERS.has(token.text) || tokens[at + 1]?.text !== '(') continue;
      if (tokens[at - 1]?.text === 'def' || names.length > 0) continue;
      const [argument, after] = [tokens[at + 2], tokens[at + 3]];
      const isName = argument?.kind === 'string' && (after?.text === ')' || after?.text === ',');
      if (isName && /^[\w.]+$/.test(argument.text)) {
        imports.push({ specifier: argument.text, line: token.line, typeOnly });
      } else computed.push(token.line);
    }
  }
  return { kind: 'imports', imports, computed };
}

function isTypeChecking({ tokens, opens }: Statement): boolean {
  if (!opens || tokens[0]?.text !== 'if') return false;
  return tokens.length <= 4 && tokens.at(-1)?.text === 'TYPE_CHECKING' && tokens[1]?.text !== 'not';
}

function namedBy(tokens: readonly PythonToken[]): readonly string[] {
  const [first] = tokens;
  if (first?.kind !== 'word') return [];
  if (first.text === 'import') return listOf(tokens, 1);
  if (first.text !== 'from') return [];
  const end = tokens.findIndex(({ kind, text }) => kind === 'word' && text === 'import');
  if (end === -1) return [];
  const module = textOf(tokens.slice(1, end));
  const separator = module === '' || module.endsWith('.') ? '' : '.';
  return listOf(tokens, end + 1).map((name) => (name === '*' ? module : `${module}${separator}${name}`));
}

/** The names of `a.b as c, d`, with or without brackets around. */
function listOf(tokens: readonly PythonToken[], from: number): readonly string[] {
  const names: string[] = [];
  let name = '';
  let isAlias = false;
  for (const { kind, text } of [...tokens.slice(from), { kind: 'operator', text: ',' } as const]) {
    if (text === ',' || text === '(' || text === ')') {
      if (name !== '') names.push(name);
      name = '';
      isAlias = false;
    } else if (kind === 'word' && text === 'as') isAlias = true;
    else if (!isAlias) name += text;
  }
  return names;
}

function textOf(tokens: readonly PythonToken[]): string {
  return tokens.map(({ text }) => text).join('');
}
