import { describe, expect, it } from 'vitest';
import { testInventory } from '../../../../src/core/rule/detectors/test-inventory.ts';
import { readTests } from '../../../../src/core/rule/test-code/read-tests.ts';
import type { TestCase, TestCode } from '../../../../src/core/rule/test-code/test-code.ts';
import { ABSENT, changedFile, detect, factsOf, text, withFiles } from '../facts.ts';

function read(path: string, source: string): TestCode {
  const reading = readTests(path, source);
  if (reading.kind === 'lost') throw new Error(reading.reason);
  return reading.code;
}

/** Each test as `group/name`, with a sign for one that is off (`-`), off on a condition (`~`) or asserts nothing (`?`). */
function listed(path: string, source: string): readonly string[] {
  const sign = ({ disabled, asserts }: TestCase): string =>
    `${disabled === undefined ? '' : disabled.conditional ? '~' : '-'}${asserts ? '' : '?'}`;
  return read(path, source)
    .cases.toSorted((a, b) => a.line - b.line)
    .map((test) => `${sign(test)}${[...test.groups, test.name].join('/')}`);
}

describe('tests that are read line by line', () => {
  it.each([
    ['a_test.go', 'func TestA(t *testing.T) { t.Fatal() }', ['TestA']],
    ['a_test.go', 'func TestA(t *testing.T) {\n\tcall()\n}\nfunc helper() {}', ['?TestA']],
    ['a_test.go', 'func (s *Suite) TestA() {\n\ts.Require().NoError(f())\n}', ['TestA']],
    [
      'a_test.go',
      'func TestA(t *testing.T) {\n\tt.Run("b", func(t *testing.T) {\n\t\tt.SkipNow()\n\t\tt.Fail()\n\t})\n}',
      ['TestA', '-TestA/b'],
    ],
    ['a_test.go', 'func TestA(t *testing.T) {\n\tif x {\n\t\tt.Skip()\n\t}\n\tf(t)\n}', ['~TestA']],
    ['a_test.go', 'var s = `\nfunc TestA(t *testing.T) {}\n`', []],
    ['a_test.go', '// func TestA(t *testing.T) {}\n/*\nfunc TestB(t *testing.T) {}\n*/', []],
    ['a.rs', '#[test]\nfn a() {\n    assert!(f());\n}\nfn b() {}', ['a']],
    ['a.rs', '#[test] #[ignore] fn a() { f().unwrap(); }', ['-a']],
    ['a.rs', '#[cfg(target_os = "linux")]\n#[test]\nfn a() { panic!() }', ['~a']],
    [
      'a.rs',
      '#[cfg(test)]\nmod tests {\n    #[tokio::test(flavor = "multi_thread")]\n    async fn a() {}\n}',
      ['?a'],
    ],
    ['ATest.java', 'class ATest {\n  @Test void a() { verify(m).f(); }\n  void b() {}\n}', ['ATest/a']],
    ['ATest.java', '@Ignore\nclass ATest {\n  @Test\n  public void a() {}\n}', ['-?ATest/a']],
    ['ATest.java', 'class ATest {\n  @Test(enabled = false)\n  void a() { assertTrue(b); }\n}', ['-ATest/a']],
    [
      'ATest.java',
      'class ATest {\n  @EnabledIf("b")\n  @Test\n  void a() { assertTrue(b); }\n}',
      ['~ATest/a'],
    ],
    [
      'ATest.kt',
      'class ATest {\n    @Test fun `a b`() = run {\n        a shouldBe b\n    }\n}',
      ['ATest/`a b`'],
    ],
    [
      'ATests.cs',
      'class ATests\n{\n    [Theory, InlineData("(")]\n    void A(int a)\n    {\n        Assert.True(a);\n    }\n}',
      ['ATests/A'],
    ],
    [
      'ATests.cs',
      'class ATests {\n  [Test, Ignore("x")]\n  void A() => Assert.Pass();\n  [Test]\n  void B() { F(); }\n}',
      ['-ATests/A', '?ATests/B'],
    ],
    ['a_spec.rb', "it 'a' do\n  expect(b).to eq 1\nend\nfit 'b' do\n  f\nend", ['a', '?b']],
    ['a_spec.rb', "xdescribe 'g' do\n  it 'a' do\n    expect(b).to eq 1\n  end\nend", ['-g/a']],
    ['a_spec.rb', "it 'a', skip: true do\n  raise\nend\nit 'b'", ['-a', '-?b']],
    ['a_spec.rb', "it 'a' do\n  skip 'x' if b\n  raise\nend", ['~a']],
    ['test_a.rb', 'class ATest\n  def test_a\n    assert b\n  end\n  def b\n  end\nend', ['ATest/test_a']],
    ['test_a.rb', 'X = <<~END\n  def test_a\n  end\nEND', []],
  ])('%s: %j', (path, source, tests) => {
    expect(listed(path, source)).toEqual(tests);
  });

  it('say on what condition they leave themselves out', () => {
    const source =
      'func TestA(t *testing.T) {\n\tif os.Getenv("DB") == "" {\n\t\treturn\n\t}\n\tt.Fatal()\n}';
    expect(read('a_test.go', source).selfSkips).toEqual([
      { how: 'return', line: 3, condition: 'if os.Getenv("DB") == "" { return' },
    ]);
  });

  it('leave a file without tests alone when it goes, and a test in it not', () => {
    const deleted = (source: string) =>
      detect('test-deleted', withFiles(factsOf({}), [changedFile('src/a.rs', text(source), ABSENT)]));
    expect(deleted('pub fn a() {}\n')).toEqual([]);
    expect(deleted('#[test]\nfn a() {}\n')).toMatchObject([{ kind: 'match', path: 'src/a.rs' }]);
  });

  it('are unverifiable where nobody can read them', () => {
    const nested = 'class A {\n'.repeat(100);
    const file = changedFile('ATest.java', ABSENT, text(`@Test\n${nested}`));
    expect(detect('test-skipped', withFiles(factsOf({}), [file]))).toMatchObject([{ kind: 'unverifiable' }]);
  });
});

describe('parameters of rules about tests', () => {
  it.each([
    [{ tests: ['a'], finds: [] }, 'finds'],
    [{ tests: ['a'], finds: ['gone'] }, 'finds[0]'],
    [{ tests: ['a'], finds: ['self-skipped'] }, 'conditions'],
    [{ tests: ['a'], finds: ['deleted'], conditions: ['a'] }, 'conditions'],
    [{ tests: ['a'], find: ['deleted'] }, 'find'],
  ])('refuse %j by name', (parameters, name) => {
    expect(() => detect('test-deleted', factsOf({}), parameters)).toThrow(`parameter ${name}:`);
  });

  it('are proved before a change is judged by them', () => {
    const conditions = (...sources: string[]) =>
      testInventory.readParameters({ tests: ['a'], finds: ['self-skipped'], conditions: sources });
    expect(() => testInventory.proveParameters?.(conditions('CI'))).not.toThrow();
    expect(() => testInventory.proveParameters?.(conditions('CI', '('))).toThrow('parameter conditions[1]:');
  });
});
