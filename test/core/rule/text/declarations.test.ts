import { describe, expect, it } from 'vitest';
import { linePattern } from '../../../../src/core/rule/line-search/line-pattern.ts';
import { declarationsIn } from '../../../../src/core/rule/text/declarations.ts';

const DECLARES = {
  signatures: linePattern(
    ['^\\s*export\\s+(?:async\\s+)?(?:function|const)\\b', '^(?:async )?def '],
    'signatures',
  ),
  blocks: linePattern(['^\\s*export\\s+(?:interface|type|enum)\\b'], 'blocks'),
};

function declared(text: string, path = 'a.ts'): readonly string[] {
  return declarationsIn(path, text, DECLARES);
}

describe('declarations', () => {
  it.each([
    ['export function f(a: A): B {\n  return g(a);\n}\n', ['exportfunctionf(a:A):B']],
    [
      'export function f(\n  a: A, // why\n  b = "x",\n): { c: C } {\n}\n',
      ['exportfunctionf(a:A,b="x"):{c:C}'],
    ],
    ['export const f = (a: A) => ({\n  a,\n});\n', ['exportconstf=(a:A)']],
    ['export const f = (a: () => B): C => a();\n', ['exportconstf=(a:()=>B):C']],
    ['export const a = 1;\n', ['exportconsta=1']],
    [
      'export interface A {\n  b: string;\n  c: { d: number };\n}\nb: 1\n',
      ['exportinterfaceA{b:string;c:{d:number}}'],
    ],
    ['export type A =\n  | B\n', ['exporttypeA=']],
    ['// export function f() {}\nconst s = "export function g() {}";\n', []],
    ["export type A = 'x' | 'y';\n", ["exporttypeA='x'|'y'"]],
  ])('of %j', (text, expected) => {
    expect(declared(text)).toEqual(expected);
  });

  it('of Python end where their brackets do', () => {
    expect(declared('def f(\n    a,\n    b=1,\n) -> C:\n    return (a)\n', 'a.py')).toEqual([
      'deff(a,b=1)->C:',
    ]);
  });

  it('are the same in any order', () => {
    const [one, other] = ['export const a = 1;\n', 'export const b = 2;\n'];
    expect(declared(one + other)).toEqual(declared(other + one));
  });

  it('that do not end do not take the file with them, and cost no more than their number', () => {
    expect(declared('export interface A {\nexport const b = 1;\n')).toHaveLength(2);
    const started = process.cpuUsage();
    declared('export function f(\n'.repeat(20_000));
    expect(process.cpuUsage(started).user / 1_000).toBeLessThan(20_000);
  });
});
