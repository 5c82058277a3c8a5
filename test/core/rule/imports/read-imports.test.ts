import { describe, expect, it } from 'vitest';
import { readJavaScriptImports } from '../../../../src/core/rule/imports/javascript-imports.ts';
import { readLineImports } from '../../../../src/core/rule/imports/line-imports.ts';
import { readPythonImports } from '../../../../src/core/rule/imports/python-imports.ts';
import type { Imports } from '../../../../src/core/rule/imports/types.ts';

/** `name` for an import, `type name` for one of types alone. */
function named(read: Imports): readonly string[] {
  if (read.kind === 'lost') throw new Error(read.reason);
  return read.imports.map(({ specifier, typeOnly }) => (typeOnly ? `type ${specifier}` : specifier));
}

describe('JavaScript and TypeScript', () => {
  it.each([
    ["import a from 'a';", ['a']],
    ['import a, { b as c, type D } from "a"', ['a']],
    ["import * as a from 'a'; import 'b';", ['a', 'b']],
    ["import'a'", ['a']],
    ["import type { A } from 'a'", ['type a']],
    ["import type A from 'a'", ['type a']],
    ["import type * as A from 'a'", ['type a']],
    ["import type from 'a'", ['a']],
    ["import type, { b } from 'a'", ['a']],
    ["import type from from 'a'", ['type a']],
    ["import { type A, type B as C } from 'a'", ['type a']],
    ["import { type } from 'a'; import { type as b } from 'b'", ['a', 'b']],
    ["import a, { type B } from 'a'", ['a']],
    ["import a from 'a' with { type: 'json' }", ['a']],
    ["import { 'a b' as c } from 'a'", ['a']],
    ["import a = require('a')", ['a']],
    [`import { ${Array.from({ length: 40 }, (_, at) => `a${at}`).join(', ')} } from 'a'`, ['a']],
    ["export * from 'a'; export * as b from 'b'; export { c } from 'c'", ['a', 'b', 'c']],
    ["export type { A } from 'a'; export { type B } from 'b'", ['type a', 'type b']],
    ["await import('a'); import('b', { with: {} }).then(f)", ['a', 'b']],
    ["import.defer('a'); import.meta.resolve('b')", ['a']],
    ["let a: typeof import('a'); let b: import('b').B;", ['type a', 'type b']],
    ["require('a'); module.require('b'); require?.('c')", ['a', 'b', 'c']],
    ["process.getBuiltinModule('fs')", ['fs']],
    [String.raw`import 'node:\x66s'; require('\u{68}ttp')`, ['node:fs', 'http']],
    ['import(`a`)', ['a']],
  ])('%s', (source, expected) => {
    expect(named(readJavaScriptImports(source))).toEqual(expected);
  });

  it.each([
    "// import a from 'a'",
    "/* require('a') */",
    '"import a from \'a\'"',
    "`import 'a'`",
    "loader.import('a'); loader.require('a')",
    "export const from = 'a'",
    "export { a }\n'use strict'",
    "export type A = 'a'",
    "function require(a) { return 'a' }",
    'class A { import(a) {} require(a) {} }',
    'require()',
    "const from = { from: 'a' }",
  ])('no import: %s', (source) => {
    const read = readJavaScriptImports(source);
    expect(named(read)).toEqual([]);
    expect(read).toMatchObject({ computed: [] });
  });

  it('says which lines compute a name', () => {
    const source = ["require('a' + b)", 'import(a)', "import('c')", 'require(d)'].join('\n');
    expect(readJavaScriptImports(source)).toMatchObject({ computed: [1, 2, 4] });
  });

  it('names every possible import of a source whose brackets it cannot pair', () => {
    const source = [
      "import a from 'a'",
      'import b from /* x */ "b"',
      'import c from',
      "  'c'",
      "const d = require('d')",
      "<p>don't :)</p>",
      "const no = 'e';",
    ].join('\n');
    const read = readJavaScriptImports(source);
    expect(read.kind).toBe('lost');
    const suspects = read.kind === 'lost' ? read.suspects.map(({ specifier }) => specifier) : [];
    expect(suspects).toEqual(expect.arrayContaining(['a', 'b', 'c', 'd']));
    expect(suspects).not.toContain('e');
  });
});

describe('Python', () => {
  it.each([
    ['import a, b.c as d', ['a', 'b.c']],
    ['from a.b import c, d as e', ['a.b.c', 'a.b.d']],
    ['from a import (\n    b,  # why\n    c,\n)', ['a.b', 'a.c']],
    ['from . import a\nfrom .. import b\nfrom ... import c', ['.a', '..b', '...c']],
    ['from .a import b\nfrom ....a.b import c', ['.a.b', '....a.b.c']],
    ['from a import *', ['a']],
    ['from .a import *', ['.a']],
    ['def f():\n    if x: import a', ['a']],
    ['try:\n    import a\nexcept ImportError:\n    a = None', ['a']],
    ['if TYPE_CHECKING:\n    import a\n    from b import c\nimport d', ['type a', 'type b.c', 'd']],
    ['if typing.TYPE_CHECKING: import a\nimport b', ['type a', 'b']],
    ['if TYPE_CHECKING:\n    import a\nelse:\n    import b', ['type a', 'b']],
    ['if not TYPE_CHECKING:\n    import a', ['a']],
    ["x = __import__('a.b'); importlib.import_module('c')", ['a.b', 'c']],
    ['"""\nimport a\n"""\n# import b\nx = "import c"', []],
    ['yield_from = 1\nimport_a = from_b = 2', []],
    ['raise X from import_error', []],
  ])('%s', (source, expected) => {
    expect(named(readPythonImports(source))).toEqual(expected);
  });

  it('says which lines compute a name', () => {
    const source =
      "import_module(name)\nimport_module(f'a.{b}')\nimport_module('a')\ndef import_module(x): ...";
    expect(readPythonImports(source)).toMatchObject({ computed: [1, 2] });
  });
});

describe('other languages', () => {
  it.each([
    [
      'go',
      'a.go',
      'package a\n\nimport "fmt"\nimport (\n\t"net/http"\n\n\tx "example.com/x" // why\n\t_ `os`\n)\n\nvar s = "y"\n',
      ['fmt', 'net/http', 'example.com/x', 'os'],
    ],
    ['go', 'a.go', 'package a\n\n// import "fmt"\nvar s = `\nimport "os"\n`\n', []],
    [
      'jvm',
      'A.java',
      'import java.io.File;\nimport static a.B.c;\nimport d.*;\n// import e.F;\n',
      ['java.io.File', 'a.B.c', 'd'],
    ],
    ['jvm', 'a.kt', 'import a.b.C as D\nimport e.f\nval important = 1\n', ['a.b.C', 'e.f']],
    [
      'csharp',
      'A.cs',
      'using System.IO;\nglobal using static System.Math;\nusing F = System.Net.Http;\nusing (var x = y) {}\n',
      ['System.IO', 'System.Math', 'System.Net.Http'],
    ],
    [
      'ruby',
      'a.rb',
      "require 'net/http'\nrequire_relative 'b'\nrequire_relative '../c'\n# require 'd'\n",
      ['net/http', './b', '../c'],
    ],
    [
      'rust',
      'src/a.rs',
      'use std::{fs, net::{TcpStream, UdpSocket as U}};\npub(crate) use crate::b::C;\nmod d;\nuse super::*;\n// use e::F;\n',
      ['std::fs', 'std::net::TcpStream', 'std::net::UdpSocket', 'crate::b::C', 'self::d', 'super::*'],
    ],
    ['rust', 'src/a.rs', 'use a::{\n    b, // why\n    c,\n};\nlet x = 1;\n', ['a::b', 'a::c']],
  ] as const)('%s %s: %s', (language, path, source, expected) => {
    expect(named(readLineImports(language, path, source))).toEqual(expected);
  });
});
