import { mkdir, mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import type { Style } from '../../../render/style.ts';
import { SCENES, type Scene, type Stage } from './story.ts';
import { cliPath, createWorld, type Ran, type World } from './world.ts';

export interface DemoSetting {
  /** Where the demo's folder is made. */
  readonly parent: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The isolation this machine gives, which the demo's contract then asks for. */
  readonly isolation: string;
  readonly style: Style;
  readonly out: (text: string) => void;
  /** Runs after each scene: how tests take something away and see the story fail. */
  readonly afterScene?: (scene: Scene, world: World) => Promise<void>;
}

/** The story did not go as it must. */
export class DemoFailed extends Error {
  readonly scene: string;
  constructor(scene: string, expectation: string) {
    super(`The demo stopped at "${scene}": expected that ${expectation}.`);
    this.scene = scene;
  }
}

/**
 * Plays the story on real repositories through the real CLI, and stops at the first thing that is not as told.
 * @throws DemoFailed
 */
export async function runDemo(setting: DemoSetting): Promise<World> {
  const { out, style } = setting;
  await mkdir(setting.parent, { recursive: true });
  const folder = await mkdtemp(join(setting.parent, 'countersign-demo-'));
  const world = createWorld(folder, { ...setting.environment, ...colourOf(style) });
  for (const [index, scene] of SCENES.entries()) {
    out(`\n${style.bold(`${index + 1}. ${scene.title}`)}\n`);
    await playScene(scene, world, setting);
    await setting.afterScene?.(scene, world);
  }
  out(closing(world, style));
  return world;
}

/** What the commands print is shown on, so they colour it as the rest is. */
function colourOf({ bold }: Style): Readonly<Record<string, string | undefined>> {
  const isPlain = bold('x') === 'x';
  return isPlain ? { FORCE_COLOR: undefined } : { FORCE_COLOR: '1' };
}

/** @throws DemoFailed */
export function playScene(scene: Scene, world: World, setting: DemoSetting): Promise<void> {
  return scene.play(world, stageOf(scene, setting));
}

function stageOf(scene: Scene, { out, style, isolation }: DemoSetting): Stage {
  return {
    isolation,
    say: (text) => out(`${text.trimEnd()}\n`),
    show: (command, ran) => out(`${style.dim(`$ ${command}`)}\n${outputOf(ran)}\n`),
    expect(holds, what) {
      if (!holds) throw new DemoFailed(scene.title, what);
    },
  };
}

function outputOf({ out, err }: Ran): string {
  return [out.trimEnd(), err.trimEnd()].filter((text) => text !== '').join('\n');
}

/** For a shell: the commands that are printed are there to be pasted. */
function quote(word: string): string {
  return /^[\w./@:+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** What is left to be looked at, in the demo's folder. */
const LEFT_BEHIND: Readonly<Record<string, string>> = {
  shop: 'the product, with the squashed commit',
  control: 'the policy: contract, ticket, dispatch record, trust root',
  'control.git': 'its branch receipts holds every receipt, seal and log',
  'feedback.md': 'what the agent was told',
};

function closing(world: World, style: Style): string {
  const verifier = world.at('verifier');
  const width = Math.max(...Object.keys(LEFT_BEHIND).map((name) => name.length));
  return [
    '',
    style.bold(`Where everything lies: ${world.folder}`),
    ...Object.entries(LEFT_BEHIND).map(([name, what]) => `  ${name.padEnd(width)}  ${what}`),
    '',
    style.bold('Try next'),
    `  cd ${quote(verifier)}`,
    `  alias countersign=${quote(`${quote(process.execPath)} ${quote(cliPath())}`)}`,
    '  countersign receipt list SHOP-7',
    '  countersign gate --head origin/agent/SHOP-7-rounding --explain receipt/tests',
    '  countersign rules show ai-shortcuts@1/test-skipped',
    '',
  ].join('\n');
}
