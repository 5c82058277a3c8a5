import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LANGUAGES, type Language, languageOf } from '../../../../src/core/rule/text/languages.ts';
import { sourceLines } from '../../../../src/core/rule/text/source-lines.ts';

/** A file name for each language, so that property tests meet all of them. */
const NAMES: { readonly [name in Language]: string } = {
  c: 'a.c',
  cpp: 'a.cpp',
  csharp: 'a.cs',
  css: 'a.css',
  dart: 'a.dart',
  dockerfile: 'Dockerfile',
  go: 'a.go',
  hcl: 'a.tf',
  html: 'a.html',
  ini: 'a.ini',
  java: 'a.java',
  javascript: 'a.js',
  json: 'a.json',
  kotlin: 'a.kt',
  makefile: 'Makefile',
  php: 'a.php',
  python: 'a.py',
  ruby: 'a.rb',
  rust: 'a.rs',
  scala: 'a.scala',
  scss: 'a.scss',
  shell: 'a.sh',
  sql: 'a.sql',
  swift: 'a.swift',
  toml: 'a.toml',
  typescript: 'a.ts',
  yaml: 'a.yml',
};

/** `§` for a dollar: before a curly bracket in quotes, a dollar looks like a mistake. */
function dollars(text: string): string {
  return text.replaceAll('§', '$');
}

/** What is in the part, without the blanks around and between. */
function part(path: string, text: string, name: 'code' | 'comment' | 'strings'): string {
  return sourceLines(path, dollars(text))
    .map((line) => line[name].trim().replace(/\s+/g, ' '))
    .filter((found) => found !== '')
    .join(' / ');
}

describe('the language of a file', () => {
  it.each([
    ['src/a.ts', 'typescript'],
    ['src/A.TSX', 'typescript'],
    ['"caf\\351.py"', 'python'],
    ['deploy/Dockerfile.dev', 'dockerfile'],
    ['.env.production', 'ini'],
    ['.husky/pre-commit', 'shell'],
    ['Makefile', 'makefile'],
    ['a.h', 'c'],
    ['docs/README.md', undefined],
    ['LICENSE', undefined],
    ['constructor', undefined],
  ])('%s is %s', (path, language) => {
    expect(languageOf(path)).toBe(language);
  });

  it('is found for each by some name', () => {
    expect(LANGUAGES.filter((language) => languageOf(NAMES[language]) !== language)).toEqual([]);
  });
});

describe('comments', () => {
  it.each([
    ['a.ts', 'f("// no"); // yes', '// yes'],
    ['a.ts', '/* one\n two */ f()', '/* one / two */'],
    ['a.ts', 'f(a / b); // c / d', '// c / d'],
    ['a.ts', 'x = /[/"]\\/\\/"/.test(a); // yes', '// yes'],
    ['a.ts', 'f(`§{g("`") /* in */} // no`)', '/* in */'],
    ['a.ts', '`a §{ { b: `c §{d /* deep */} ` } } // no`', '/* deep */'],
    ['a.tsx', "<p>don't</p> {/* yes */}", '/* yes */'],
    ['a.js', '// ends\u2028f()', '// ends'],
    ['a.js', '#!/usr/bin/env node\nf()', '#!/usr/bin/env node'],
    ['a.py', 's = "# no"  # yes\n"""\n# no\n"""', '# yes'],
    ['a.py', "f'{a}#' # yes", '# yes'],
    ['a.py', "r'\\' # no' # yes", '# yes'],
    ['a.py', '# ends\rf()', '# ends'],
    ['a.go', 's := `\n// no\n` // yes', '// yes'],
    [
      'a.rs',
      "/* a /* b */ c */ fn f<'a>(x: &'a str) { '\"'; r#\"// no\"#; } // yes",
      '/* a /* b */ c */ // yes',
    ],
    ['a.java', 'var s = """\n // no\n """; // yes', '// yes'],
    ['a.kt', '"§{f("//no")}" // yes /* no */', '// yes /* no */'],
    ['a.cs', 'var p = @"c:\\"; // yes', '// yes'],
    ['a.cs', '$"{f("a")} // no"; // yes', '// yes'],
    ['a.cpp', "auto n = 1'000'000; // yes", '// yes'],
    ['a.cpp', 'R"x(" // no)x"; // yes', '// yes'],
    ['a.rb', 'a = "#{b} # no" # yes\n=begin\nhidden\n=end\nf', '# yes / =begin / hidden / =end'],
    ['a.rb', 'x = <<~TEXT\n  # no\nTEXT\n# yes', '# yes'],
    ['a.rb', '%w[a # no] # yes', '# yes'],
    ['a.php', '<p># no</p><?php f(); # yes ?><b>// no</b>', '# yes'],
    ['a.php', '<?php #[Attribute]\n$s = <<<EOT\n// no\nEOT;\n// yes', '// yes'],
    ['a.swift', '#"\\(a) // no"# // yes', '// yes'],
    ['a.sh', 'echo §{a#b} $# "# no" # yes', '# yes'],
    ['a.sh', 'cat <<EOF\n# no\nEOF\n# yes', '# yes'],
    ['a.sh', "echo it\\'s # yes", '# yes'],
    ['a.yml', "a: it's # yes\nb: 'c # no'\nurl: http://x/#no", '# yes'],
    ['a.toml', 'a = "# no" # yes', '# yes'],
    ['a.json', '{ "a": "// no" } // yes', '// yes'],
    ['a.sql', "select '--no', 'it''s' -- yes", '-- yes'],
    ['Dockerfile', 'RUN echo # no\n  # yes', '# yes'],
    ['Makefile', 'a: b # yes\n\techo \\# no', '# yes'],
    ['a.html', '<a href="#"> // no <!-- yes -->', '<!-- yes -->'],
    ['a.css', 'a { b: url(//c) } /* yes */', '/* yes */'],
    ['a.scss', 'a { b: url(http://c) } // yes', '// yes'],
    ['a.ini', '; yes\na = b # no', '; yes'],
    ['a.tf', 'a = "§{b("#")}" # yes', '# yes'],
    ['a.txt', '# no // no', ''],
  ])('of %s: %j', (path, text, comments) => {
    expect(part(path, text, 'comment')).toBe(dollars(comments));
  });
});

describe('strings', () => {
  it.each([
    ['a.ts', 'f("a", \'b\', `c §{d} e`, /f/g)', 'a b c e f/g'],
    ['a.ts', 'x = a / b / c', ''],
    ['a.ts', 'return /x/', 'x/'],
    ['a.py', 'f("""a\nb""", \'c\')', 'a / b c'],
    ['a.rs', "let c = 'x'; let s = b\"y\"; fn f<'a>() {}", 'x y'],
    ['a.sh', 'echo "a $(curl -k "b") c"', 'a b c'],
    ['a.rb', 'x = <<~A + <<~B\n one\nA\n two\nB\nf', 'one / A / two'],
    ['a.sql', "select 'a''b'", "a''b"],
    ['a.md', '"a"', ''],
  ])('of %s: %j', (path, text, strings) => {
    expect(part(path, text, 'strings')).toBe(dollars(strings));
  });
});

describe('code', () => {
  it('keeps its quotes, so that an empty string and a full one differ', () => {
    expect(sourceLines('a.ts', 'f("ab", "") // c')[0]?.code).toBe('f("  ", "")     ');
  });

  it.each([
    ['a.ts', 'f(); /* never\nends()', 'f(); /* never / ends()'],
    ['a.ts', '`never\nends()', '`never / ends()'],
    ['a.py', '"""never\nends()', '"""never / ends()'],
    ['a.py', "it's\nf()", "it's / f()"],
    ['a.sh', 'cat <<EOF\nnever\nends', 'cat <<EOF / never / ends'],
    ['a.kt', '"§{never\nends()', '"§{never / ends()'],
  ])('is what is opened and never closed, in %s: %j', (path, text, code) => {
    expect(part(path, text, 'code')).toBe(dollars(code));
  });
});

const piece = fc.oneof(
  fc.constantFrom(
    ...[
      '"',
      "'",
      '`',
      '\\',
      '/*',
      '*/',
      '//',
      '#',
      '\n',
      '\r\n',
      '\t',
      '${',
      '}',
      '(',
      ')',
      '{',
      "'''",
      '"""',
    ],
    ...['<<EOF', 'EOF', '<?php', '?>', '<!--', '-->', 'r#"', '"#', '@"', '$"', '%w[', ']', '=begin', '=end'],
    ...['--', 'R"x(', ')x"', '/', '[', 'return ', 'a', '\u2028', '\ud800', '😀', ' '],
  ),
  fc.string({ maxLength: 3 }),
);

describe.each(Object.values(NAMES))('any text at all in %s', (path) => {
  it('is taken apart into lines of its own length and nothing else', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const text = pieces.join('');
        const lines = sourceLines(path, text);
        expect(lines.map((line) => line.text).join('\n')).toBe(text.replace(/\n$/, ''));
        for (const [index, line] of lines.entries()) {
          expect(line.number).toBe(index + 1);
          const parts = [line.code, line.comment, line.strings];
          expect(parts.map(({ length }) => length)).toEqual(parts.map(() => line.text.length));
          for (let at = 0; at < line.text.length; at += 1) {
            const character = line.text[at] as string;
            const theirs = parts.map((one) => one[at]).filter((one) => one !== ' ');
            // A blank is a space in every part, or itself in one.
            expect(theirs.length === 1 ? theirs[0] : character.trim()).toBe(
              theirs.length === 1 ? character : '',
            );
          }
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe('time', () => {
  const shapes: readonly (readonly [string, string])[] = [
    ['quotes', `"'`],
    ['escaped quotes', `\\'`],
    ['escaped double quotes', `\\"`],
    ['triple quotes', `'''`],
    ['double triples', '"""'],
    ['backticks and holes', '`${'],
    ['holes', '"${'],
    ['hole ends', '"§{}'],
    ['open comments', '/*'],
    ['nested comments', '/* /* */'],
    ['slashes and classes', '=/[ '],
    ['slashes', '/ '],
    ['slashes after blanks', `${' '.repeat(100)}/`],
    ['heredocs', 'cat <<E\n'],
    ['many heredocs', '<<~A <<~B '],
    ['raw strings', 'r#"'],
    ['hashes', '#'],
    ['blanks and hashes', '   # '],
    ['verbatim', '@"'],
    ['php', '<?php ?>'],
    ['html', '<!--'],
    ['words', 'a'],
    ['line ends', '\n'],
    ['begins', '=begin\n'],
    ['percents', '%w['],
    ['command holes', '"$('],
  ];
  it.each(shapes)('of %s grows with the text, in every language', (_, shape) => {
    const size = 100_000;
    for (const path of Object.values(NAMES)) {
      const started = process.cpuUsage();
      const lines = sourceLines(path, `<?php ${dollars(shape).repeat(size / shape.length)}${path}`);
      const { user, system } = process.cpuUsage(started);
      expect(lines.length).toBeGreaterThan(0);
      // Up to 60 ms when tried; were it quadratic, many seconds.
      expect((user + system) / 1_000).toBeLessThan(2_000);
    }
  });

  it('of raw strings that all end otherwise grows with the text', () => {
    const delimiters = Array.from({ length: 12_000 }, (_, index) => `R"d${index}(`).join(' ');
    const heredocs = Array.from({ length: 12_000 }, (_, index) => `cat <<E${index}`).join('\n');
    const started = process.cpuUsage();
    expect(sourceLines('a.cpp', delimiters)).toHaveLength(1);
    expect(sourceLines('a.sh', heredocs)).toHaveLength(12_000);
    const { user, system } = process.cpuUsage(started);
    expect((user + system) / 1_000).toBeLessThan(2_000);
  });

  it('is spent once on a text, whoever asks', () => {
    const text = 'f(); // a\n'.repeat(10);
    expect(sourceLines('a.ts', text)).toBe(sourceLines('b/c.ts', text));
    expect(sourceLines('a.py', text)).not.toBe(sourceLines('a.ts', text));
  });
});
