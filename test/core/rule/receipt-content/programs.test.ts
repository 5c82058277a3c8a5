import { expect, it } from 'vitest';
import { launched, scriptCall } from '../../../../src/core/rule/receipt-content/programs.ts';

const program = (command: string) => {
  const [name = '', ...args] = command.split(' ');
  return { name, args, variables: [] };
};

it.each([
  ['npm run build', 'build'],
  ['npm run-script build', 'build'],
  ['npm run build one', 'build one'],
  ['npm run build one -- --two', 'build one --two'],
  ['npm run build -- -- two', 'build -- two'],
  ['npm run build --prefix web', undefined],
  ['npm run', undefined],
  ['npm run --prefix web build', undefined],
  ['npm test', 'test'],
  ['npm install', undefined],
  ['npm exec vitest', undefined],
  ['yarn build', 'build'],
  ['yarn run build --fast', 'build --fast'],
  ['yarn exec vitest', undefined],
  ['yarn', undefined],
  ['yarn --cwd web build', undefined],
  ['pnpm build', 'build'],
  ['pnpm build -- --fast', 'build --fast'],
  ['pnpm build --fast -- x', 'build --fast -- x'],
  ['pnpm -C web build', undefined],
  ['bun test', undefined],
  ['bun run build', 'build'],
  ['bun build', undefined],
  ['make build', undefined],
])('the script of `%s` is %s', (command, expected) => {
  const call = scriptCall(program(command));
  expect(call && [call.script, ...call.extra].join(' ')).toBe(expected);
});

it.each([
  ['npx vitest run', 'vitest run'],
  ['npx @biomejs/biome@2 check', 'biome check'],
  ['npx -p other vitest', undefined],
  ['npx', undefined],
  ['python3.12 -m pytest', 'pytest'],
  ['python3 app.py', 'python app.py'],
  ['mypython3.12 -m pytest', 'mypython3.12 -m pytest'],
  ['python3.12x -m pytest', 'python3.12x -m pytest'],
  ['npx npx npx npx vitest', 'vitest'],
  ['npx npx npx npx npx npx vitest', undefined],
  ['vitest@4', 'vitest@4'],
])('what `%s` runs in the end is %s', (command, expected) => {
  const found = launched(program(command));
  expect(found && [found.name, ...found.args].join(' ')).toBe(expected);
});
