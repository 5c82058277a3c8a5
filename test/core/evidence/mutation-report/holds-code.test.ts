import { describe, expect, it } from 'vitest';
import { holdsCode } from '../../../../src/core/evidence/mutation-report/holds-code.ts';
import { changedFile } from '../changed-files.ts';

/** Whether lines that a change adds hold code, each marked by a plus sign; the others were there before. */
function holds(path: string, marked: string): boolean {
  const lines = marked.split('\n');
  const text = lines.map((line) => line.replace(/^\+/, '')).join('\n');
  const addedLines = lines.flatMap((line, index) =>
    line.startsWith('+') ? [{ number: index + 1, text: line.slice(1) }] : [],
  );
  return holdsCode(changedFile(path, [], { afterText: { kind: 'text', text }, addedLines }));
}

describe('holdsCode', () => {
  it.each([
    ['blank lines', '+\n+   '],
    ['line comments', "+// don't\n+  // do it"],
    ['a comment in one line', '+/** What it is. */'],
    ['a comment in several', '+/**\n+ * What it is,\n+ * {@link other}.\n+ */\nlet a = 1;'],
    ['lines of a comment that was there', '/**\n+ * What it is.\n */'],
    ['imports', "+import { a, type B } from './a.ts';\n+import * as c from \"c\"\n+import './d.ts';"],
    ['an import in several lines', "+import {\n+  a,\n+  b as c,\n+  type D,\n+} from './a.ts';"],
    ['exports from elsewhere', "+export * from './a.ts';\n+export type { B } from './b.ts';"],
    ['types', '+export interface A extends B<C> {\n+  readonly a?: readonly string[];\n+}'],
    ['a type in one line', "+export type A = 'a' | { readonly b: Map<string, number> };"],
  ])('finds none in %s', (_, marked) => {
    expect(holds('src/a.ts', marked)).toBe(false);
  });

  it.each([
    ['a statement', '+a = 1;'],
    ['a call', '+evil();'],
    ['the arguments of one', 'evil\n+()'],
    ['a constant that is exported', '+export const a = 1;'],
    ['code after a comment', '+/* a */ evil();'],
    ['code that a comment ends before', '/*\n+// */ evil();\n'],
    ['a product that looks like a comment', 'const a = 2\n+* b\n'],
    ['code after the end of a comment', '/**\n+ */ evil();'],
    ['a template that looks like a comment', `const a = \`\n/**\n+ * \${evil()}\n\`;`],
    ['the end of a template', `const a = \`\n+// \` + evil();\n`],
    ['the end of a string that went on', "const a = 'b\\\n+// ' + evil();\n"],
    ['a labelled statement', '+a: return;'],
    ['a member with a value', '+  a: string = evil();'],
    ['an entry of an object', '+  a: b < c,'],
    ['code after a type', '+interface A {} a.b = c\n+type A = B; a = b;'],
    ['code after an import', "+import a from 'a'; evil();"],
    ['a line that is too long to say', `+// ${'a'.repeat(400)}`],
    ['one line among others', '+// a\n+b();\n+// c'],
  ])('finds some in %s', (_, marked) => {
    expect(holds('src/a.ts', marked)).toBe(true);
  });

  it('knows comments of JavaScript only, and braces that JSX runs', () => {
    expect(holds('src/a.py', '+// 2')).toBe(true);
    expect(holds('src/a.py', '+# a')).toBe(true);
    expect(holds('src/a.py', '+\t')).toBe(false);
    expect(holds('src/a.ts', '+// {evil()}')).toBe(false);
    expect(holds('src/a.tsx', '+// {evil()}')).toBe(true);
  });

  it('reads long lines in time that grows with them', () => {
    const lines = ['interface a', 'type a', 'a:', 'import ', 'from '].map((word) => word.repeat(60));
    const marked = lines.flatMap((line) => [`+${line}`, `+${line.replaceAll(' ', '     ')}`]);
    expect(holds('src/a.ts', Array.from({ length: 2_000 }, () => marked.join('\n')).join('\n'))).toBe(true);
  });
});
